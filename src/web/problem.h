/* What went wrong, said to who asked: RFC 9457 problems for machines, the page "error" for people.

   {"type": "/api#not-found", "title", "status", "detail", "instance": path,
    "cause"      what exactly, in English, where that tells no secret
    "errors":    [{"pointer": "/name/en", "detail"}]              of a document
    "conflicts": [{"pointer", "base", "theirs", "mine"}], "version"  when both sides changed a field}
   title, detail and the details of errors are in the reader's language (error.*, problem.*). */
#ifndef BANYAN_WEB_PROBLEM_H
#define BANYAN_WEB_PROBLEM_H

#include "core/record.h"
#include "web/web.h"

/* Fill the reply. `outcome` may be NULL. */
void problem_reply(Request *req, Reply *reply, const Err *err, const Outcome *outcome);
/* The list "errors" of problems with a document. */
Json *problems_make(Request *req, const Problems *problems);
/* The list "conflicts". */
Json *conflicts_make(Request *req, const Outcome *outcome);

#endif
