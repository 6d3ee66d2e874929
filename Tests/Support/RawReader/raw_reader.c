#include "RawReader.h"

#include <libusb-1.0/libusb.h>
#include <stdlib.h>
#include <string.h>

struct raw_reader {
    libusb_context *context;
    libusb_device_handle *handle;
    uint8_t sequence, out, in;
    int interface;
};

enum { patience = 5000 };

// Finds the bulk endpoints of a reader's interface; whether there are both.
static int find(libusb_device *device, raw_reader *reader) {
    struct libusb_config_descriptor *configuration;
    if (libusb_get_active_config_descriptor(device, &configuration) != 0) return 0;
    int found = 0;
    for (int i = 0; i < configuration->bNumInterfaces && !found; i++) {
        const struct libusb_interface_descriptor *setting = configuration->interface[i].altsetting;
        if (setting->bInterfaceClass != 0x0B) continue;
        reader->interface = setting->bInterfaceNumber;
        for (int e = 0; e < setting->bNumEndpoints; e++) {
            const struct libusb_endpoint_descriptor *end = &setting->endpoint[e];
            if ((end->bmAttributes & 3) != LIBUSB_TRANSFER_TYPE_BULK) continue;
            if (end->bEndpointAddress & LIBUSB_ENDPOINT_IN) reader->in = end->bEndpointAddress;
            else reader->out = end->bEndpointAddress;
        }
        found = reader->in != 0 && reader->out != 0;
    }
    libusb_free_config_descriptor(configuration);
    return found;
}

static int message(raw_reader *reader, uint8_t type, const uint8_t *data, size_t length, uint8_t *answer, size_t room) {
    uint8_t octets[10 + 261] = {type, (uint8_t)length, (uint8_t)(length >> 8), 0, 0, 0, ++reader->sequence};
    if (length > 261) return LIBUSB_ERROR_INVALID_PARAM;
    if (length > 0) memcpy(octets + 10, data, length);
    int count = 0;
    int code = libusb_bulk_transfer(reader->handle, reader->out, octets, (int)(10 + length), &count, patience);
    if (code != 0) return code;
    code = libusb_bulk_transfer(reader->handle, reader->in, answer, (int)room, &count, patience);
    return code != 0 ? code : count;
}

raw_reader *raw_reader_open(void) {
    raw_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL || libusb_init(&reader->context) != 0) {
        free(reader);
        return NULL;
    }
    libusb_device **list = NULL;
    ssize_t count = libusb_get_device_list(reader->context, &list);
    for (ssize_t i = 0; i < count && reader->handle == NULL; i++) {
        if (find(list[i], reader) && libusb_open(list[i], &reader->handle) != 0) reader->handle = NULL;
    }
    if (list != NULL) libusb_free_device_list(list, 1);
    uint8_t answer[320];
    if (reader->handle == NULL || libusb_claim_interface(reader->handle, reader->interface) != 0
        || message(reader, 0x62, NULL, 0, answer, sizeof answer) < 10) {
        raw_reader_close(reader);
        return NULL;
    }
    return reader;
}

void raw_reader_close(raw_reader *reader) {
    if (reader->handle != NULL) {
        libusb_release_interface(reader->handle, reader->interface);
        libusb_close(reader->handle);
    }
    libusb_exit(reader->context);
    free(reader);
}

int raw_reader_exchange(raw_reader *reader, const uint8_t *command, size_t length, uint8_t *answer, size_t room) {
    return message(reader, 0x6F, command, length, answer, room);
}
