/* Fault injection: every step that writes or syncs asks whether it should fail now.

   The points are rows of faults.def. In production nothing is armed and the question costs one load.
   Tests arm a point to fail once or for good; the environment variable BANYAN_FAULT
   ("store-sync:3" the third time, "store-write:2+" from the second on, "store-sync~5000" delays by
   5000 microseconds, "store-write!40" kills the process at the 40th) does it from outside. */
#ifndef BANYAN_BASE_FAULT_H
#define BANYAN_BASE_FAULT_H

#include <stdbool.h>

typedef enum {
#define FAULT(code, name, what) FAULT_##code,
#include "base/faults.def"
#undef FAULT
    FAULT_COUNT
} Fault;

/* True when the step should fail now, with errno set (EIO unless said otherwise). */
bool fault_hits(Fault point);

typedef enum { FAULT_ONCE, FAULT_FOR_GOOD, FAULT_KILL } FaultMode;
void fault_arm(Fault point, int after, FaultMode mode, int errno_value); /* after: 1 is the next time */
void fault_delay(Fault point, int microseconds);
void fault_disarm_all(void);
long fault_count(Fault point);  /* how often the point was passed since the start */
const char *fault_name(Fault point);
void fault_read_environment(void); /* BANYAN_FAULT, called by main */

#endif
