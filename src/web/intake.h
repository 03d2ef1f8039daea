/* Files on their way into datasets: sent, looked at, waiting for a person's decision, imported, done.

   A job is what one request sent: one or more files for one dataset. It belongs to who sent it; for others it
   is not there. Its files lie in NODE/parts/tmp until they are imported or given up. Jobs are worked on by
   INTAKE_THREADS threads of their own, in the order they came, with the bounded memory of the engine; they live in
   memory and end with the server, as do their files: what was not imported is sent again.

   A first file that was looked at and cannot be imported waits again, with what was decided, to be corrected.

   What nobody decides on within `import_hours` of the settings (24) is given up; what came of a job is told
   as long. A person has at most INTAKE_OWN_MAX jobs and uploads under way, all people together INTAKE_MAX;
   all files that wait are at most four times `import_max_bytes` (4 GiB). */
#ifndef BANYAN_WEB_INTAKE_H
#define BANYAN_WEB_INTAKE_H

#include "data/import.h"
#include "web/web.h"

#define INTAKE_THREADS  2
#define INTAKE_OWN_MAX  8
#define INTAKE_MAX      64
#define INTAKE_DONE_MAX 200 /* jobs that are told of after their end */

typedef struct Intake      Intake;
typedef struct IntakePlace IntakePlace;

bool        intake_open(Node *node, Data *data, Intake **out, Err *err); /* `data` must outlive it */
void        intake_end(Intake *intake);                                  /* stops what runs */
void        intake_close(Intake *intake);                                /* accepts NULL */
const char *intake_folder(const Intake *intake);                         /* for store/files.h */
uint64_t    intake_max_bytes(const Intake *intake);                      /* of one request */
int64_t     intake_hours(const Intake *intake);
/* ERR_TOO_BIG, naming the setting. */
bool intake_too_big(const Intake *intake, Err *err);

/* Room for an upload, before its first byte: ERR_TOO_BIG, ERR_TOO_MANY, ERR_DISK_FULL. */
bool intake_place_take(Intake *intake, Str person, uint64_t bytes, IntakePlace **out, Err *err);
void intake_place_leave(Intake *intake, IntakePlace *place); /* accepts NULL */

typedef struct {
    Str         dataset; /* slug or id; empty: a new one */
    Str         title, owner, audience, sheet, encoding, mends;
    State       state;
    bool        all_tables; /* the other sheets or tables of each file too, each into a dataset of its own */
    const Json *columns;    /* NULL: as recognised */
    const Json *
        typed; /* of a form that mends rows, to be shown again should none of them be taken: {"cell.0.2": …} */
} IntakeWish;

typedef enum { LOOK_NEVER,
               LOOK_ALWAYS } IntakeLook;

/* A job of files that have arrived; takes the paths (they become empty). Fails when there are too many. */
bool intake_add(Intake *intake, const Reader *who, const IntakeWish *wish, IntakeLook look, SentFile *files, size_t n,
                Str *id, Err *err);
/* What its sender decides of a job that waits: import it, look again, or give it up. ERR_NOT_FOUND, ERR_CONFLICT
   for one that does not wait. */
typedef enum { DECIDE_IMPORT,
               DECIDE_LOOK,
               DECIDE_DROP } IntakeDecision;
bool intake_decide(Intake *intake, const Reader *who, Str id, IntakeDecision what, const IntakeWish *wish, Err *err);

/* A job as people may see it; ERR_NOT_FOUND:
   {"id","url","state":"looking|waiting|importing|done|failed","share","until" (when it is cleared),
    "dataset" (slug), "title","owner","audience","publish","mends",
    "all_tables", "files":[{"name","bytes","state":"waiting|importing|done|failed", "dataset" (of another table of a
              file: its own), and of a file that is done
              "unchanged","same_as","replaced","rows","aside","flagged","version","aside_sha256","report";
              or "problem":{"type","cause"}}],
    "look":{"rows","aside","unchanged","columns","report"} while it waits,
           and "given", the columns that were decided on, when they did not do: then "problem" says why,
    "typed": as wished, of a job that failed} */
bool intake_value(Intake *intake, Arena *a, Str person, Str id, Json **out, Err *err);
/* All of a person, newest first, without reports. */
Json *intake_list(Intake *intake, Arena *a, Str person);

#endif
