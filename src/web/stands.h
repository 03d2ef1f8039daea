/* How records stand on a day, told by their status and dates alone (work/progress.h), and lists narrowed by it:
   ?stands=late. Kinds that have a status, a start and an end can be asked, and kinds that report results. */
#ifndef BANYAN_WEB_STANDS_H
#define BANYAN_WEB_STANDS_H

#include "core/list.h"
#include "web/web.h"
#include "work/progress.h"

bool     kind_is_brief(const Kind *kind); /* over with its start when it has no end: a meeting, a document */
Standing standing_of_sketch(const Kind *kind, const Sketch *sketch);

/* The words that lists are narrowed by, in the order they are offered; returns how many. They are the names of states
   of progress and, of kinds that report results, "unreported": a period is over without its result. */
#define STANDS_UNREPORTED "unreported"
size_t stands_offered(const Kind *kind, const char *const **out);
bool   stands_chosen(const Request *req, const char *word);
bool   sketch_unreported(const Sketch *sketch, Date today);
/* Narrow a list by what the request asks for. ERR_INVALID for another word, or a kind that cannot be asked. */
bool stands_narrow(const Request *req, const Kind *kind, Question *question, Err *err);

#endif
