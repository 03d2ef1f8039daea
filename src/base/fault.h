/* Fault injection: every step that writes or syncs asks whether it should fail now.

   The points are rows of faults.def. In production nothing is armed and the question costs one atomic
   addition. Tests arm a point to fail once or for good; the environment variable BANYAN_FAULT does it
   from outside:
     store-sync:3           fails the third time      store-sync~5000  takes 5000 microseconds longer
     store-write:2+         from the second time on   store-write!40   kills the process the 40th time
     store-write:2+=ENOSPC  with this errno (also EDQUOT; otherwise EIO)
   Several are parted by commas. May be asked from any thread. */
#ifndef BANYAN_BASE_FAULT_H
#define BANYAN_BASE_FAULT_H

#include <stdbool.h>

typedef enum {
#define FAULT(code, name, what) FAULT_##code,
#include "base/faults.def"
#undef FAULT
    FAULT_COUNT
} Fault;

/* True when the step should fail now, with errno set. */
bool fault_hits(Fault point);

typedef enum { FAULT_ONCE,
               FAULT_FOR_GOOD,
               FAULT_KILL } FaultMode;
/* after: 1 is the next time. errno_value 0: EIO. Arming again replaces. */
void        fault_arm(Fault point, int after, FaultMode mode, int errno_value);
void        fault_delay(Fault point, int microseconds);
void        fault_disarm_all(void);
long        fault_count(Fault point); /* how often the point was passed since the start */
const char *fault_name(Fault point);
void        fault_read_environment(void); /* BANYAN_FAULT, called by main; exits with 2 when it cannot be read */

#endif
