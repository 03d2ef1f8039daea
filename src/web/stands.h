/* How records stand on a day, told by their status and dates alone (work/progress.h), and lists narrowed by it:
   ?stands=late. Kinds that have a status, a start and an end can be asked. */
#ifndef BANYAN_WEB_STANDS_H
#define BANYAN_WEB_STANDS_H

#include "core/list.h"
#include "web/web.h"
#include "work/progress.h"

bool     kind_is_brief(const Kind *kind); /* over with its start when it has no end: a meeting, a document */
Standing standing_of_sketch(const Kind *kind, const Sketch *sketch);

/* The states that lists are narrowed by, in the order they are offered; returns how many. */
size_t stands_offered(const Kind *kind, const Progress **out);
bool   stands_chosen(const Request *req, Progress state);
/* Narrow a list by what the request asks for. ERR_INVALID for another word, or a kind that cannot be asked. */
bool stands_narrow(const Request *req, const Kind *kind, Question *question, Err *err);

#endif
