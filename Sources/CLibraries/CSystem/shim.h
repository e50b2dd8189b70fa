#ifndef HOGSEND_CSYSTEM_SHIM_H
#define HOGSEND_CSYSTEM_SHIM_H

#ifdef __linux__
#include <sys/prctl.h>
#endif

// prctl is variadic, so Swift cannot call it. Zero for success, and where there is no such call.
static inline int hogsend_make_undumpable(void) {
#ifdef __linux__
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#else
    return 0;
#endif
}

#endif
