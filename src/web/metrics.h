/* What /metrics tells: counters of a running server, in the text format of Prometheus. */
#ifndef BANYAN_WEB_METRICS_H
#define BANYAN_WEB_METRICS_H

#include <stdatomic.h>

#include "base/buf.h"

#define METRICS_BUCKETS 12

typedef struct {
    atomic_ulong answers[6]; /* by hundreds of the status: [2] is 2xx */
    atomic_ulong from_cache, not_changed;
    atomic_ulong seconds[METRICS_BUCKETS]; /* answers made (not from the cache) by time taken, not cumulative */
    atomic_ulong micros;                   /* their sum */
    atomic_long  under_way;
} Metrics;

void metrics_answer(Metrics *m, int status, int64_t took_us); /* took_us < 0: from the cache */
void metrics_write(const Metrics *m, Buf *out);

#endif
