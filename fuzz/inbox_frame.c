/* Any bytes as a post that lies in the inbox: what is read is written again as the same bytes, and what is no post is
   said to be damaged. */
#include "data/inbox/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    InboxFrame f;
    Err        err = { 0 };
    Buf        again = { 0 };
    Str        all = { (const char *)bytes, n };
    if (inbox_frame_read(all, &f, &err)) {
        inbox_frame_put(&again, &f);
        if (!str_eq(buf_str(&again), all)) abort();
    } else if (err.code != ERR_CORRUPT) {
        abort();
    }
    buf_free(&again);
    return 0;
}
