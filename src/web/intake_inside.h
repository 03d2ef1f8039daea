/* What the files of intake.c share: intake.c takes jobs and works on them, intake_told.c tells of them. */
#ifndef BANYAN_WEB_INTAKE_INSIDE_H
#define BANYAN_WEB_INTAKE_INSIDE_H

#include <pthread.h>

#include "web/intake.h"

typedef enum { JOB_LOOKING,
               JOB_WAITING,
               JOB_IMPORTING,
               JOB_DONE } JobState;

/* A file, or another table of one: that has no path of its own and is read from `from`. */
typedef struct {
    SentFile sent;
    Str      table, from, dataset;
    bool     failed, done;
    Err      err;
    Str      told; /* JSON of what came of it */
} JobFile;

typedef struct Job Job;
struct Job {
    Job          *next;
    Arena        *arena, *wished, *looked; /* `wished`: what was last decided; `looked`: the last look */
    Str           id;
    Reader        who;
    ImportOptions options;
    Str           look, typed; /* JSON */
    JobFile      *files;
    size_t        file_count, at;
    Str           archive; /* path of the file whose tables are being imported; the job's own */
    Imported      core;    /* of its first table; texts live in `arena` */
    bool          all_tables;
    JobState      state;
    bool          queued, running, dropped;
    Err           look_err;
    int64_t       changed_ms;
    ImportWatch  *watch;
};

struct IntakePlace {
    IntakePlace *next;
    uint64_t     bytes;
    char         person[64];
};

struct Intake {
    Data           *data;
    uint64_t        max_bytes;
    int64_t         hours;
    pthread_mutex_t lock;
    pthread_cond_t  changed;
    pthread_t       threads[INTAKE_THREADS];
    int             thread_count;
    bool            ending;
    Job            *jobs; /* oldest first */
    IntakePlace    *places;
};

bool job_is_over(const Job *job);
/* Under the lock; NULL when it is not this person's. */
Job *job_find(Intake *intake, Str person, Str id);

#endif
