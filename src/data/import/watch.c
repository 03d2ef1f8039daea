/* How far an import is, for who looks on from another thread, and stopping it. */
#include "data/import/watch.h"

#include <pthread.h>
#include <stdlib.h>

struct ImportWatch {
    pthread_mutex_t lock;
    DuckRun        *run;
    double          from, to; /* of the step that is under way */
    bool            stopped;
};

ImportWatch *import_watch_open(void)
{
    ImportWatch *w = calloc(1, sizeof *w);
    if (!w) memory_end(sizeof *w);
    pthread_mutex_init(&w->lock, NULL);
    return w;
}

void import_watch_close(ImportWatch *w)
{
    if (!w) return;
    pthread_mutex_destroy(&w->lock);
    free(w);
}

double import_watch_share(ImportWatch *w)
{
    pthread_mutex_lock(&w->lock);
    double of_step = w->run ? duck_share(w->run) : 0, share = w->from + (w->to - w->from) * of_step;
    pthread_mutex_unlock(&w->lock);
    return share;
}

void import_watch_stop(ImportWatch *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopped = true;
    if (w->run) duck_stop(w->run);
    pthread_mutex_unlock(&w->lock);
}

bool import_watch_step(ImportWatch *watch, double from, double to, DuckRun *run, Err *err)
{
    if (!watch) return true;
    pthread_mutex_lock(&watch->lock);
    watch->from = from;
    watch->to = to;
    watch->run = run;
    bool stopped = watch->stopped;
    pthread_mutex_unlock(&watch->lock);
    return !stopped || fail(err, ERR_BUSY, "the import was stopped");
}
