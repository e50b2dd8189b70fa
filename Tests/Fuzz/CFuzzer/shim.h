#ifndef HOGSEND_CFUZZER_SHIM_H
#define HOGSEND_CFUZZER_SHIM_H

#include <stddef.h>
#include <stdint.h>

// The compiler's runtime has libFuzzer's main loop, and no header declares it.

int LLVMFuzzerRunDriver(
    int *argument_count, char ***arguments, int (*one)(const uint8_t *bytes, size_t count));

#endif
