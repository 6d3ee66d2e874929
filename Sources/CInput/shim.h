// The kernel's input devices. Swift imports neither the macros that make the numbers of requests nor variadic functions.
#include <errno.h>
#include <linux/hidraw.h>
#include <linux/input.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Nobody else gets events any more, or again; -1 and errno EBUSY where another has it.
static inline int input_grab(int descriptor, int is_taken) { return ioctl(descriptor, EVIOCGRAB, is_taken); }

// Timestamps by a clock that nobody sets.
static inline int input_use_monotonic_clock(int descriptor) {
    int clock = CLOCK_MONOTONIC;
    return ioctl(descriptor, EVIOCSCLOCKID, &clock);
}

// A bit for each key that is down; `size` octets.
static inline int input_held_keys(int descriptor, unsigned char *bits, unsigned size) { return ioctl(descriptor, EVIOCGKEY(size), bits); }

// Sends a feature report, its number first.
static inline int hidraw_send_feature(int descriptor, const unsigned char *report, unsigned size) {
    return ioctl(descriptor, HIDIOCSFEATURE(size), report);
}

// A socket that is readable when devices come, go or change; -1 and errno where there is none. `groups`: 1 as the kernel tells,
// 2 as udev tells behind its rules.
static inline int uevent_socket(unsigned groups) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    struct sockaddr_nl address;
    memset(&address, 0, sizeof address);
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    if (descriptor >= 0 && bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}
