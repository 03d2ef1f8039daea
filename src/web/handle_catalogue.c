#include "web/route.h"
bool catalogue_show(Request *req, Reply *reply, Err *err)
{
    (void)req, (void)reply;
    return fail(err, ERR_NOT_FOUND, "not yet");
}
