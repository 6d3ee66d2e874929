// libusb 1.0; nothing of it needs a shim as long as no option is set.
#include <libusb-1.0/libusb.h>
