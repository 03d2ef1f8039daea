/* See metrics.h. */
#include "web/metrics.h"

/* Upper bounds in microseconds; the last bucket is everything above. */
static const int64_t bounds_us[METRICS_BUCKETS - 1] = { 100, 250, 500, 1000, 2500, 5000,
                                                        10000, 50000, 250000, 1000000, 5000000 };

void metrics_answer(Metrics *m, int status, int64_t took_us)
{
    atomic_fetch_add_explicit(&m->answers[status / 100 < 6 ? status / 100 : 5], 1, memory_order_relaxed);
    if (took_us < 0) {
        atomic_fetch_add_explicit(&m->from_cache, 1, memory_order_relaxed);
        return;
    }
    int i = 0;
    while (i < METRICS_BUCKETS - 1 && took_us > bounds_us[i]) i++;
    atomic_fetch_add_explicit(&m->seconds[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->micros, (unsigned long)took_us, memory_order_relaxed);
}

void metrics_write(const Metrics *m, Buf *out)
{
    buf_put_z(out, "# HELP banyan_answers_total Answers by class of status.\n# TYPE banyan_answers_total counter\n");
    for (int i = 1; i < 6; i++)
        buf_putf(out, "banyan_answers_total{status=\"%dxx\"} %lu\n", i, atomic_load(&m->answers[i]));
    buf_putf(out,
             "# HELP banyan_answers_cached_total Answers that came from the cache.\n# TYPE banyan_answers_cached_total "
             "counter\n"
             "banyan_answers_cached_total %lu\n",
             atomic_load(&m->from_cache));
    buf_putf(out,
             "# HELP banyan_answers_unchanged_total Answers 304.\n# TYPE banyan_answers_unchanged_total counter\n"
             "banyan_answers_unchanged_total %lu\n",
             atomic_load(&m->not_changed));
    buf_putf(out,
             "# HELP banyan_requests_under_way Requests being answered.\n# TYPE banyan_requests_under_way gauge\n"
             "banyan_requests_under_way %ld\n",
             atomic_load(&m->under_way));
    buf_put_z(out, "# HELP banyan_answer_seconds Time to make an answer that was not in the cache.\n# TYPE "
                   "banyan_answer_seconds histogram\n");
    unsigned long total = 0;
    for (int i = 0; i < METRICS_BUCKETS; i++) {
        total += atomic_load(&m->seconds[i]);
        if (i < METRICS_BUCKETS - 1)
            buf_putf(out, "banyan_answer_seconds_bucket{le=\"%g\"} %lu\n", (double)bounds_us[i] / 1e6, total);
        else buf_putf(out, "banyan_answer_seconds_bucket{le=\"+Inf\"} %lu\n", total);
    }
    buf_putf(out, "banyan_answer_seconds_sum %.6f\nbanyan_answer_seconds_count %lu\n",
             (double)atomic_load(&m->micros) / 1e6, total);
}
