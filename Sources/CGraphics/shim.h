#include <pango/pangocairo.h>
#include <zint.h>
