/* What is found without parsing is what parsing finds. */
#include "base/json.h"
#include "core/loader/head.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena     *a = arena_open(0);
    Str        text = { (const char *)data, size };
    LoaderHead head;
    Json      *json;
    if (loader_head(text, &head) && json_read(a, text, &json, NULL)) {
        if (!str_eq(head.kind, json_get_text(json, "kind")) || !str_eq(head.slug, json_get_text(json, "slug")) ||
            !str_eq(head.id, json_get_text(json, "id")) || head.has_doc != json_is_object(json_get(json, "doc")))
            abort();
    }
    arena_close(a);
    return 0;
}
