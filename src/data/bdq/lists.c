/* The lists that datasets give, and which of them a record means. */
#include <assert.h>

#include "data/bdq/inside.h"

static const struct {
    const char *name, *what;
    BdqTerm     parameter;
} kinds[] = {
#define BDQ_LIST(code, Type, module, name, parameter, columns) { name, #module, BDQ_##parameter },
#include "data/bdq_lists.def"
#undef BDQ_LIST
};

const char *bdq_list_name(BdqListKind kind)
{
    return kinds[kind].name;
}

const char *bdq_list_what(BdqListKind kind)
{
    return kinds[kind].what;
}

bool bdq_list_read(BdqListKind kind, const ListSource *from, BdqList *out, Err *err)
{
    out->kind = kind;
    switch (kind) {
#define BDQ_LIST(code, Type, module, name, parameter, columns) \
    case BDQ_OF_##code:                                        \
        return module##_read(from, &out->module, err);
#include "data/bdq_lists.def"
#undef BDQ_LIST
    case BDQ_LIST_KINDS: break;
    }
    assert(!"a kind of list");
    return false;
}

size_t bdq_list_count(const BdqList *list)
{
    switch (list->kind) {
#define BDQ_LIST(code, Type, module, name, parameter, columns) \
    case BDQ_OF_##code:                                        \
        return module##_count(list->module);
#include "data/bdq_lists.def"
#undef BDQ_LIST
    case BDQ_LIST_KINDS: break;
    }
    return 0;
}

void bdq_list_close(BdqList *list)
{
    switch (list->kind) {
#define BDQ_LIST(code, Type, module, name, parameter, columns) \
    case BDQ_OF_##code:                                        \
        module##_close(list->module);                          \
        break;
#include "data/bdq_lists.def"
#undef BDQ_LIST
    case BDQ_LIST_KINDS: break;
    }
}

void bdq_use(Bdq *bdq, Str name, BdqList list)
{
    assert(bdq->list_count < BDQ_LISTS_MOST);
    bdq->lists[bdq->list_count].name = name;
    bdq->lists[bdq->list_count++].list = list;
}

BdqList bdq_list(const Ask *k, BdqListKind kind, BdqTerm parameter)
{
    Str name = bdq_empty(k, parameter) ? STR_NONE : str_trim(bdq_value(k, parameter));
    for (size_t i = 0; i < k->bdq->list_count; i++)
        if (k->bdq->lists[i].list.kind == kind && str_eq_nocase(k->bdq->lists[i].name, name))
            return k->bdq->lists[i].list;
    return (BdqList){ .kind = kind };
}

BdqList bdq_list_leant_on(const Ask *k)
{
    BdqListKind kind = (BdqListKind)(k->test->authority - AUTHORITY - 1);
    return bdq_list(k, kind, kinds[kind].parameter);
}
