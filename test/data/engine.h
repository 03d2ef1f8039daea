/* The engine for a test: it and its run end with the arena. */
#ifndef BANYAN_TEST_ENGINE_H
#define BANYAN_TEST_ENGINE_H

#include "data/duck.h"

#include "../check.h"

static inline void engine_close(void *duck)
{
    duck_close(duck);
}

static inline void engine_close_run(void *run)
{
    duck_run_close(run);
}

/* Ends the test when it does not open. */
static inline DuckRun *engine_run(Arena *a, const DuckOptions *options)
{
    Duck    *duck;
    DuckRun *run;
    Err      err = { 0 };
    check_ok(duck_open(options, &duck, &err), &err, __FILE__, __LINE__, "an engine");
    arena_adopt(a, duck, engine_close);
    check_ok(duck_run_open(duck, &run, &err), &err, __FILE__, __LINE__, "a run");
    return arena_adopt(a, run, engine_close_run);
}

#endif
