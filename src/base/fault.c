/* The armed faults: the one state that all threads share on purpose, so each field is atomic. */
#include "base/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {
#define FAULT(code, name, what) [FAULT_##code] = name,
#include "base/faults.def"
#undef FAULT
};

static struct {
    atomic_long passed;
    atomic_long from; /* the value of `passed` at which it strikes; 0: not armed */
    atomic_int  mode, errno_value, delay_us;
} points[FAULT_COUNT];

bool fault_hits(Fault point)
{
    long passed = atomic_fetch_add(&points[point].passed, 1) + 1;
    int  delay_us = atomic_load_explicit(&points[point].delay_us, memory_order_relaxed);
    if (delay_us > 0) usleep((useconds_t)delay_us);

    long from = atomic_load(&points[point].from);
    if (from == 0 || passed < from) return false;
    int mode = atomic_load(&points[point].mode);
    if (mode != FAULT_FOR_GOOD && passed > from) return false;
    if (mode == FAULT_KILL) kill(getpid(), SIGKILL);
    errno = atomic_load(&points[point].errno_value);
    return true;
}

void fault_arm(Fault point, int after, FaultMode mode, int errno_value)
{
    atomic_store(&points[point].from, 0);
    atomic_store(&points[point].mode, (int)mode);
    atomic_store(&points[point].errno_value, errno_value ? errno_value : EIO);
    atomic_store(&points[point].from, fault_count(point) + (after > 0 ? after : 1));
}

void fault_delay(Fault point, int microseconds)
{
    atomic_store(&points[point].delay_us, microseconds);
}

void fault_disarm_all(void)
{
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        atomic_store(&points[i].from, 0);
        atomic_store(&points[i].delay_us, 0);
    }
}

long fault_count(Fault point)
{
    return atomic_load(&points[point].passed);
}

const char *fault_name(Fault point)
{
    return names[point];
}

static int errno_of(const char *name)
{
    return strcmp(name, "ENOSPC") == 0 ? ENOSPC : strcmp(name, "EDQUOT") == 0 ? EDQUOT
                                                                              : EIO;
}

/* One of "name:3", "name:2+", "name~5000", "name!40", with "=ENOSPC" behind it or not. */
static bool fault_arm_text(char *text)
{
    int   errno_value = 0;
    char *equals = strchr(text, '=');
    if (equals) {
        *equals = 0;
        errno_value = errno_of(equals + 1);
    }
    char *sign = strpbrk(text, ":~!");
    if (!sign) return false;
    char kind = *sign, *rest;
    long n = strtol(sign + 1, &rest, 10);
    bool for_good = kind == ':' && *rest == '+';
    if (rest == sign + 1 || n < 1 || n > 1000000000 || rest[for_good] != 0) return false;
    *sign = 0;
    for (int point = 0; point < FAULT_COUNT; point++) {
        if (strcmp(names[point], text) != 0) continue;
        if (kind == '~')
            fault_delay((Fault)point, (int)n);
        else
            fault_arm((Fault)point, (int)n,
                      kind == '!' ? FAULT_KILL
                      : for_good  ? FAULT_FOR_GOOD
                                  : FAULT_ONCE,
                      errno_value);
        return true;
    }
    return false;
}

void fault_read_environment(void)
{
    const char *all = getenv("BANYAN_FAULT");
    if (!all || !*all) return;
    char copy[1024], *rest = copy;
    snprintf(copy, sizeof copy, "%s", all);
    for (char *one; (one = strsep(&rest, ","));) {
        char shown[256];
        snprintf(shown, sizeof shown, "%s", one);
        if (fault_arm_text(one)) continue;
        fprintf(stderr, "banyan: BANYAN_FAULT: cannot read \"%s\"\n", shown);
        exit(2);
    }
}
