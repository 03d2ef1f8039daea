#include "nodes.h"

#include <string.h>

#include "base/file.h"

static const struct {
    const char *name, *json;
} kinds[] = {
    { "_defs.json", "{\"$id\":\"banyan:defs\",\"$defs\":{"
                    "\"text\":{\"$anchor\":\"text\",\"type\":\"object\",\"x-type\":\"text\",\"minProperties\":1,"
                    "\"additionalProperties\":{\"type\":\"string\",\"minLength\":1}},"
                    "\"link\":{\"$anchor\":\"link\",\"type\":\"string\",\"minLength\":1}}}" },
    { "note.json",
      "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"banyan:kind/note\",\"title\":\"Note\","
      "\"x-order\":1,\"x-group\":\"about\",\"x-title\":\"name\",\"x-summary\":\"text\",\"x-parent\":\"parent\","
      "\"x-order-field\":\"order\",\"x-start\":\"start\",\"x-end\":\"end\",\"x-sort\":\"title\",\"type\":\"object\","
      "\"required\":["
      "\"name\"],"
      "\"additionalProperties\":false,\"properties\":{"
      "\"name\":{\"title\":\"Name\",\"$ref\":\"banyan:defs#text\",\"x-search\":10},"
      "\"text\":{\"title\":\"Text\",\"$ref\":\"banyan:defs#text\",\"x-search\":2},"
      "\"colour\":{\"title\":\"Colour\",\"type\":\"string\",\"enum\":[\"red\",\"green\",\"blue\"],\"x-facet\":true},"
      "\"size\":{\"title\":\"Size\",\"type\":\"integer\",\"minimum\":0,\"x-facet\":true},"
      "\"start\":{\"title\":\"Start\",\"type\":\"string\",\"format\":\"reduced-date\"},"
      "\"end\":{\"title\":\"End\",\"type\":\"string\",\"format\":\"reduced-date\"},"
      "\"status\":{\"title\":\"Status\",\"type\":\"string\",\"enum\":[\"planned\",\"active\",\"completed\"],\"x-"
      "facet\":true},"
      "\"sum\":{\"title\":\"Sum\",\"readOnly\":true,\"type\":\"array\",\"items\":{\"type\":\"integer\"}},"
      "\"order\":{\"title\":\"Order\",\"type\":\"number\"},"
      "\"parent\":{\"title\":\"Part of\",\"$ref\":\"banyan:defs#link\",\"x-link\":[\"note\"]},"
      "\"tags\":{\"title\":\"Tags\",\"type\":\"array\",\"uniqueItems\":true,\"x-facet\":true,"
      "\"items\":{\"$ref\":\"banyan:defs#link\",\"x-link\":[\"tag\"]}},"
      "\"places\":{\"title\":\"Places\",\"type\":\"array\",\"x-facet\":true,"
      "\"items\":{\"$ref\":\"banyan:defs#link\",\"x-link\":[\"place\"]}},"
      "\"steps\":{\"title\":\"Steps\",\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
      "\"properties\":{\"id\":{\"title\":\"Key\",\"type\":\"string\"},\"tag\":{\"title\":\"Tag\","
      "\"$ref\":\"banyan:defs#link\",\"x-link\":[\"tag\"]},"
      "\"status\":{\"title\":\"Status\",\"type\":\"string\",\"enum\":[\"planned\",\"completed\"]}}}}}}" },
    { "tag.json",
      "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"banyan:kind/tag\",\"title\":\"Tag\","
      "\"x-order\":2,\"x-group\":\"about\",\"x-title\":\"name\",\"type\":\"object\",\"required\":[\"name\"],"
      "\"additionalProperties\":false,\"properties\":{\"name\":{\"title\":\"Name\",\"$ref\":\"banyan:defs#text\","
      "\"x-search\":10}}}" },
    { "place.json",
      "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"banyan:kind/place\",\"title\":\"Place\","
      "\"x-order\":3,\"x-group\":\"about\",\"x-title\":\"name\",\"x-key\":\"code\",\"type\":\"object\","
      "\"required\":[\"code\",\"name\"],\"additionalProperties\":false,\"properties\":{"
      "\"code\":{\"title\":\"Code\",\"type\":\"string\",\"pattern\":\"^[A-Z]{2}$\"},"
      "\"name\":{\"title\":\"Name\",\"$ref\":\"banyan:defs#text\",\"x-search\":10}}}" },
};

static void must(bool ok, const Err *err, const char *what)
{
    check_ok(ok, err, __FILE__, __LINE__, what);
}

const char *nodes_make(Arena *a)
{
    const char *root = test_folder(a);
    Err         err = { 0 };
    must(folder_make(str_format(a, "%s/share/kinds", root).at, &err), &err, "folder");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        must(
            file_replace(str_format(a, "%s/share/kinds/%s", root, kinds[i].name).at, str_of(kinds[i].json), 0644, &err),
            &err, kinds[i].name);
    const char *folder = str_format(a, "%s/node", root).at;
    must(node_init(folder, nodes_json(a, "{\"name\":\"test.example\",\"languages\":[\"en\",\"th\"]}"), &err), &err,
         "init");
    return folder;
}

NodeOptions nodes_options(const char *folder)
{
    static _Thread_local char share[4096];
    snprintf(share, sizeof share, "%.*s/share", (int)(strrchr(folder, '/') - folder), folder);
    return (NodeOptions){ .share = str_of(share) };
}

Node *nodes_open(const char *folder)
{
    Node       *node = NULL;
    Err         err = { 0 };
    NodeOptions options = nodes_options(folder);
    must(node_open(folder, &options, &node, &err), &err, "node_open");
    return node;
}

static Membership memberships[] = {
    { S_INIT("caec"), ROLE_READER },
    { S_INIT("caec"), ROLE_EDITOR },
    { S_INIT("caec"), ROLE_PUBLISHER },
    { S_INIT("other"), ROLE_PUBLISHER },
};
static Str mekong = S_INIT("mekong");

void nodes_readers(Arena *a, Reader *readers)
{
    memset(readers, 0, READER_KINDS * sizeof *readers);
    readers[PROGRAM].all = true;
    readers[PERSON].person = S("p-person");
    for (int i = 0; i < 4; i++)
        readers[CAEC_READER + i] = (Reader){
            .person = str_format(a, "p%d", i), .memberships = &memberships[i], .membership_count = 1, .may_write = true
        };
    readers[PARTNER] = (Reader){ .person = S("p-partner"), .frameworks = &mekong, .framework_count = 1 };
    for (int i = 0; i < READER_KINDS; i++) reader_finish(&readers[i], a);
}

Json *nodes_json(Arena *a, const char *text)
{
    Json *value = NULL;
    Err   err = { 0 };
    must(json_read(a, str_of(text), &value, &err), &err, text);
    return value;
}

Str nodes_create(Node *node, Arena *a, const char *kind, const char *slug, const char *audience, State state,
                 const char *doc)
{
    Reader  program = { .all = true };
    Outcome out;
    Err     err = { 0 };
    reader_finish(&program, a);
    Change change = { .what = CHANGE_CREATE,
                      .who = &program,
                      .kind = str_of(kind),
                      .slug = str_of(slug),
                      .owner = S("caec"),
                      .audience = str_of(audience),
                      .state = state,
                      .doc = nodes_json(a, doc) };
    must(record_change(node, a, &change, &out, &err), &err, slug);
    return out.record.id;
}
