// The peer of the reader driver: the same transfers by libusb's blocking calls, and nothing else.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct raw_reader raw_reader;

/// Opens the first reader (USB interface class 0Bh), claims it and gives its card power; NULL where that fails.
raw_reader *raw_reader_open(void);
void raw_reader_close(raw_reader *reader);

/// Sends one APDU in a message PC_to_RDR_XfrBlock and receives the reader's answer. Returns its length, or a negative error.
int raw_reader_exchange(raw_reader *reader, const uint8_t *command, size_t length, uint8_t *answer, size_t room);
