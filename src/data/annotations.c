/* Under the id of each target the motivations of its annotation. */
#include "data/annotations.h"

#include <stdlib.h>

#include "data/chains.h"

struct Annotations {
    Chains targets;
    size_t count;
};

Annotations *annotations_make(void)
{
    Annotations *annotations = calloc(1, sizeof *annotations);
    if (!annotations) memory_end(sizeof *annotations);
    return annotations;
}

void annotations_close(Annotations *annotations)
{
    if (!annotations) return;
    chains_free(&annotations->targets);
    free(annotations);
}

size_t annotations_count(const Annotations *annotations)
{
    return annotations->count;
}

/* Of the Web Annotation Vocabulary; none is a part of another. */
static const char *const motivations[] = { "assessing", "bookmarking", "classifying", "commenting", "describing",
                                           "editing", "highlighting", "identifying", "linking", "moderating",
                                           "questioning", "replying", "tagging" };
#define MOTIVATIONS (sizeof motivations / sizeof motivations[0])

unsigned annotation_motivations(Str text)
{
    unsigned out = 0;
    for (size_t i = 0; i < MOTIVATIONS; i++)
        if (str_has(text, str_of(motivations[i]))) out |= 1U << i;
    return out;
}

static void target_add(Annotations *annotations, Str id, unsigned said)
{
    Str whole = str_trim(id);
    Cut fragment = str_cut(whole, '#');
    if (whole.len) chains_add(&annotations->targets, whole, said);
    if (fragment.found && fragment.head.len) chains_add(&annotations->targets, fragment.head, said);
}

static void array_add(Annotations *annotations, const Json *array, unsigned said)
{
    size_t      i;
    const Json *one;
    json_array_foreach(array, i, one)
    {
        target_add(annotations, json_text(one), said);
        target_add(annotations, json_get_text(one, "id"), said);
        target_add(annotations, json_get_text(one, "source"), said);
    }
}

void annotations_add(Annotations *annotations, Str targets, unsigned said)
{
    Arena *a = arena_open(0);
    for (Cut target = { .tail = targets }; target.tail.len;) {
        Json *array;
        Err   why = { 0 };
        target = str_cut(target.tail, '|');
        bool is_array = str_starts(target.head, S("[")) && json_read(a, target.head, &array, &why);
        if (is_array) array_add(annotations, array, said);
        else target_add(annotations, target.head, said);
    }
    annotations->count++;
    arena_close(a);
}

bool annotations_about(const Annotations *annotations, Str id, unsigned said)
{
    uint32_t link = CHAINS_END, has;
    while (id.len && chains_next(&annotations->targets, id, &link, &has))
        if (!said || (said & has)) return true;
    return false;
}

/* ---- from a dataset ---- */

enum { TARGETS,
       MOTIVATION,
       TERMS };
static const ListColumn terms[TERMS] = {
    { .names = "target|hasTarget|target.source|target.id", .needed = true, .all = true },
    { .names = "motivation|motivatedBy" },
};

static void row_add(void *annotations, const ListSource *from, Arena *once, const Str *values)
{
    (void)from, (void)once;
    if (values[TARGETS].len) annotations_add(annotations, values[TARGETS], annotation_motivations(values[MOTIVATION]));
}

bool annotations_read(const ListSource *from, Annotations **out, Err *err)
{
    static const ListForm form = { "annotations", terms, TERMS, ANNOTATIONS_MOST, row_add };
    Annotations          *annotations = annotations_make();
    bool                  ok = list_read(from, &form, annotations, err);
    if (ok) *out = annotations;
    else annotations_close(annotations);
    return ok;
}
