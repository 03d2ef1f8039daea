/* Coverage of goals: what has been done, is running, is late or is empty, from what counts under them.

   Pure functions over values: nothing is read, nothing is drawn. A contribution is an activity, a
   meeting, a document or a decision that counts under goals; it counts under each goal it names and
   under everything above that goal, once, wherever the goals stand.

   State of one contribution, on a day:
     STOPPED  cancelled or suspended
     DONE     completed, held, adopted, superseded or expired; or nothing says how it stands, and its last
              day is past: `end`, or `start` of what lasts only as long as its date says
     LATE     planned, under way, in preparation, a draft or postponed although its last day is past; or
              planned although its first day is past
     PLANNED  its first day is to come, or it is planned, postponed, in preparation or a draft
     RUNNING  "active" or "launched"; or between its first and its last day
     UNKNOWN  neither status nor dates tell, as of what once began and has no last day
   State of a goal: its own word first (completed, cancelled); LATE when something under it is late or
   its day is past and nothing is done; then RUNNING, PLANNED, DONE, UNKNOWN by the first there is any of;
   EMPTY when nothing counts under it. */
#ifndef BANYAN_WORK_PROGRESS_H
#define BANYAN_WORK_PROGRESS_H

#include "base/time.h"

typedef enum { PROGRESS_EMPTY,
               PROGRESS_UNKNOWN,
               PROGRESS_DONE,
               PROGRESS_RUNNING,
               PROGRESS_LATE,
               PROGRESS_PLANNED,
               PROGRESS_STOPPED,
               PROGRESS_COUNT } Progress;
const char *progress_name(Progress p); /* "empty", "unknown", "done", "running", "late", "planned", "stopped" */

/* Dates with parts 0 are not known. */
typedef struct {
    Str  status;
    Date start, end;
    bool brief; /* without an end it is over with its start: a meeting, a document */
} Standing;
Progress progress_of(Standing s, Date today);

typedef struct {
    Str      id, parent; /* parent: id of another goal in the list, or empty */
    Standing own;        /* status and, as `end`, when it is due */
    /* filled by progress_cover: */
    Progress state;
    size_t   counts[PROGRESS_COUNT]; /* contributions below and at the goal, each once */
    int      depth;                  /* 0 at the top */
    bool     leaf;                   /* nothing below it in the list */
} Goal;

typedef struct {
    Standing standing;
    Str     *goals;
    size_t   goal_count;
} Contribution;

/* Fill the goals and put them in the order of a tree: each goal before what is below it, siblings in
   the order given. A parent that is not in the list, or a circle, makes a goal stand at the top.
   Cost: goals + contributions * goals named * depth. */
void progress_cover(Arena *a, Goal *goals, size_t n, const Contribution *contributions, size_t m, Date today);

#endif
