/* Nothing to call: this library is preloaded. See recorder.c. */
