#include <cairo.h>
#include <zint.h>
