/* From what a handler left to bytes with headers: the face that the ending asks for, compressed when the
   client takes that, with the headers every answer carries. */
#ifndef BANYAN_WEB_REPLY_H
#define BANYAN_WEB_REPLY_H

#include "web/cache.h"
#include "web/route.h"

/* Never fails: what cannot be shown becomes a problem, and that a plain line. `route` may be NULL.
   What the operator should know of is logged here. */
Parcel *reply_parcel(Request *req, const Route *route, Reply *reply, Coding coding);

/* May this answer be kept for the next who asks? */
bool reply_may_be_kept(const Request *req, const Route *route, const Reply *reply);

#endif
