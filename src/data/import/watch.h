/* What import.c tells who looks on (data/import.h). */
#ifndef BANYAN_DATA_IMPORT_WATCH_H
#define BANYAN_DATA_IMPORT_WATCH_H

#include "data/import.h"

/* The step that begins now goes from one share to another; `run` NULL: the engine has no part in it. ERR_BUSY when the
   import was stopped. `watch` may be NULL. */
bool import_watch_step(ImportWatch *watch, double from, double to, DuckRun *run, Err *err);

#endif
