/* OpenAPI 3.1: paths, parameters and schemas follow from the kinds and the table of formats. */
#include "format/openapi.h"

#include <string.h>

static Json *ref_make(Arena *a, const char *part, Str name)
{
    Json *ref = json_object_make(a);
    json_put_text(ref, "$ref", str_format(a, "#/components/%s/%.*s", part, STR_ARG(name)));
    return ref;
}

static Json *typed(Arena *a, const char *type)
{
    Json *schema = json_object_make(a);
    json_put_text(schema, "type", str_of(type));
    return schema;
}

static Json *array_of(Arena *a, Json *items)
{
    Json *schema = typed(a, "array");
    json_put_value(schema, "items", items);
    return schema;
}

/* {"description": …, "content": {type: {"schema": …}}} */
static Json *response_make(Arena *a, const char *description, const char *type, Json *schema)
{
    Json *response = json_object_make(a), *content = json_object_make(a), *media = json_object_make(a);
    json_put_text(response, "description", str_of(description));
    if (!type) return response;
    json_put_value(media, "schema", schema);
    json_put_value(content, type, media);
    json_put_value(response, "content", content);
    return response;
}

static Json *parameter_make(Arena *a, const char *in, Str name, Json *schema, const char *description)
{
    Json *p = json_object_make(a);
    json_put_text(p, "name", name);
    json_put_text(p, "in", str_of(in));
    if (!strcmp(in, "path")) json_put_bool(p, "required", true);
    json_put_text(p, "description", str_of(description));
    json_put_value(p, "schema", schema);
    return p;
}

static void facets_add(Arena *a, Json *parameters, const Field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].facet)
            json_add_value(parameters, parameter_make(a, "query", fields[i].path, array_of(a, typed(a, "string")),
                                                      "Only records with one of these values."));
        facets_add(a, parameters, fields[i].fields, fields[i].field_count);
    }
}

static Json *operation_make(Arena *a, Str id, const char *summary, Str tag)
{
    Json *operation = json_object_make(a), *tags = json_array_make(a);
    json_add_text(tags, tag);
    json_put_text(operation, "operationId", id);
    json_put_text(operation, "summary", str_of(summary));
    json_put_value(operation, "tags", tags);
    return operation;
}

static void responses_put(Arena *a, Json *operation, const char *status, Json *good)
{
    Json *responses = json_object_make(a);
    json_put_value(responses, status, good);
    json_put_value(responses, "default", ref_make(a, "responses", S("Problem")));
    json_put_value(operation, "responses", responses);
}

static void secured(Arena *a, Json *operation)
{
    Json *all = json_array_make(a), *one = json_object_make(a);
    json_put_value(one, "token", json_array_make(a));
    json_add_value(all, one);
    json_put_value(operation, "security", all);
}

static Json *list_operation(Arena *a, const Kind *kind)
{
    Json *get = operation_make(a, str_format(a, "list-%.*s", STR_ARG(kind->name)), "Records of this kind", kind->name);
    Json *parameters = json_array_make(a), *limit = typed(a, "integer");
    json_put_integer(limit, "minimum", 1);
    json_put_integer(limit, "maximum", 1000);
    json_add_value(parameters, parameter_make(a, "query", S("q"), typed(a, "string"), "Words to search for."));
    json_add_value(parameters, parameter_make(a, "query", S("lang"), typed(a, "string"),
                                              "Language of titles and messages (BCP 47)."));
    json_add_value(parameters, parameter_make(a, "query", S("limit"), limit, "How many at most."));
    json_add_value(parameters,
                   parameter_make(a, "query", S("after"), typed(a, "string"), "The `next` of the answer before."));
    json_add_value(parameters, parameter_make(a, "query", S("sort"), typed(a, "string"),
                                              "updated, created, title or start; with - before it, descending."));
    json_add_value(
        parameters,
        parameter_make(a, "query", S("links"), typed(a, "string"),
                       "Only what links to the record of this id (or country:TH), by any field."));
    bool dated = kind_field(kind, S("status")) && kind->start_field.len && kind->end_field.len;
    if (dated || kind_reports_results(kind))
        json_add_value(parameters,
                       parameter_make(a, "query", S("stands"), typed(a, "string"),
                                      dated ? "How it stands today: late, running, planned, done or stopped; of kinds "
                                              "with indicators also unreported."
                                            : "unreported: a period is over and its result was not reported."));
    facets_add(a, parameters, kind->fields, kind->field_count);
    json_put_value(get, "parameters", parameters);
    responses_put(a, get, "200",
                  response_make(a, "A page of the list.", "application/json", ref_make(a, "schemas", S("List"))));
    return get;
}

static Json *create_operation(Arena *a, const Kind *kind)
{
    Json *post = operation_make(a, str_format(a, "create-%.*s", STR_ARG(kind->name)), "A new record", kind->name);
    Json *body = json_object_make(a), *wish = typed(a, "object"), *properties = json_object_make(a),
         *required = json_array_make(a);
    json_put_value(properties, "doc", ref_make(a, "schemas", kind->name));
    const char *texts[] = { "slug", "owner", "audience", "state", "note" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) json_put_value(properties, texts[i], typed(a, "string"));
    json_add_text(required, S("doc"));
    json_put_value(wish, "properties", properties);
    json_put_value(wish, "required", required);
    Json *content = json_object_make(a), *media = json_object_make(a);
    json_put_value(media, "schema", wish);
    json_put_value(content, "application/json", media);
    json_put_bool(body, "required", true);
    json_put_value(body, "content", content);
    json_put_value(post, "requestBody", body);
    secured(a, post);
    responses_put(
        a, post, "201",
        response_make(a, "The record as it is now.", "application/json", ref_make(a, "schemas", S("Record"))));
    return post;
}

static Json *match_parameters(Arena *a)
{
    Json *list = json_array_make(a);
    json_add_value(list, parameter_make(a, "header", S("If-Match"), typed(a, "string"),
                                        "ETag of the version the change was made from."));
    return list;
}

static Json *body_make(Arena *a, const char *type, Json *schema)
{
    Json *body = json_object_make(a), *content = json_object_make(a), *media = json_object_make(a);
    json_put_value(media, "schema", schema);
    json_put_value(content, type, media);
    json_put_value(body, "content", content);
    return body;
}

/* A change of a record: what is sent, and the record as it is then. */
static Json *change_operation(Arena *a, const Kind *kind, const char *verb, const char *summary, Json *body,
                              Json *parameters)
{
    Json *change = operation_make(a, str_format(a, "%s-%.*s", verb, STR_ARG(kind->name)), summary, kind->name);
    json_put_value(change, "requestBody", body);
    json_put_value(change, "parameters", parameters);
    secured(a, change);
    responses_put(
        a, change, "200",
        response_make(a, "The record as it is now.", "application/json", ref_make(a, "schemas", S("Record"))));
    return change;
}

/* What a change of the document may say besides it. */
static Json *beside_parameters(Arena *a)
{
    static const char *const beside[][2] = {
        { "state", "Its state from now on: draft, review or published. If not said, it stays as it is." },
        { "slug", "Another slug; the old one leads on." },
        { "owner", "Another organisation, by its slug." },
        { "audience", "Who may see it: public, signed-in, own, framework:SLUG." },
        { "note", "Why, for its history." },
    };
    Json *list = match_parameters(a);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
        json_add_value(list, parameter_make(a, "query", str_of(beside[i][0]), typed(a, "string"), beside[i][1]));
    return list;
}

static Json *delete_operation(Arena *a, const Kind *kind)
{
    Json *withdraw = operation_make(a, str_format(a, "withdraw-%.*s", STR_ARG(kind->name)),
                                    "Withdraw; a stub with the reason stays", kind->name);
    Json *parameters = match_parameters(a);
    json_add_value(parameters, parameter_make(a, "query", S("reason"), typed(a, "string"),
                                              "Why, for everybody who comes here later."));
    json_put_value(withdraw, "parameters", parameters);
    secured(a, withdraw);
    responses_put(a, withdraw, "200",
                  response_make(a, "The stub.", "application/json", ref_make(a, "schemas", S("Record"))));
    return withdraw;
}

static Json *get_operation(Arena *a, Str id, const char *summary, Str tag, const char *schema)
{
    Json *get = operation_make(a, id, summary, tag);
    responses_put(a, get, "200", response_make(a, summary, "application/json", ref_make(a, "schemas", str_of(schema))));
    return get;
}

static void format_paths(Arena *a, Json *paths, const Kind *kind, int where, const char *stem, Json *slot)
{
    const Format *formats[16];
    size_t        n = format_offered(kind, where, formats, 16);
    for (size_t i = 0; i < n; i++) {
        const Format *f = formats[i];
        Json         *path = json_object_make(a), *get;
        get = operation_make(
            a, str_format(a, "%s-%.*s-%.*s", slot ? "get" : "list", STR_ARG(kind->name), STR_ARG(f->ending)),
            slot ? "The record in another format" : "The list in another format", kind->name);
        Str   type = str_cut(f->type, ';').head;
        Json *binary = typed(a, "string");
        responses_put(a, get, "200", response_make(a, "The same answer.", str_z(a, type), binary));
        if (slot) json_put_value(path, "parameters", slot);
        json_put_value(path, "get", get);
        json_put_value(paths, str_format(a, "/%.*s%s.%.*s", STR_ARG(kind->name), stem, STR_ARG(f->ending)).at, path);
    }
}

static Json *object_schema(Arena *a, const char *const *members, size_t n)
{
    Json *schema = typed(a, "object"), *properties = json_object_make(a);
    for (size_t i = 0; i < n; i++) {
        Cut         cut = str_cut(str_of(members[i]), ':');
        const char *type = str_z(a, cut.tail);
        Json       *property = strcmp(type, "items") ? typed(a, type) : array_of(a, ref_make(a, "schemas", S("Item")));
        if (!strcmp(type, "array")) json_put_value(property, "items", json_object_make(a));
        json_put_value(properties, str_z(a, cut.head), property);
    }
    json_put_value(schema, "properties", properties);
    return schema;
}

#define OBJECT(a, ...)                                       \
    object_schema((a), (const char *const[]){ __VA_ARGS__ }, \
                  sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void post_path(Arena *a, Json *paths, const Kind *kind, Json *slot, const char *what, const char *summary,
                      Json *schema)
{
    Json *path = json_object_make(a);
    json_put_value(path, "parameters", slot);
    json_put_value(path, "post",
                   change_operation(a, kind, what, summary, body_make(a, "application/json", schema),
                                    match_parameters(a)));
    json_put_value(paths, str_format(a, "/%.*s/{record}/%s.json", STR_ARG(kind->name), what).at, path);
}

static void kind_paths(Arena *a, Json *paths, const Kind *kind)
{
    Json *list = json_object_make(a), *one = json_object_make(a), *history = json_object_make(a),
         *slot = json_array_make(a);
    json_add_value(slot, parameter_make(a, "path", S("record"), typed(a, "string"), "Id or slug."));
    json_put_value(list, "get", list_operation(a, kind));
    json_put_value(list, "post", create_operation(a, kind));
    json_put_value(paths, str_format(a, "/%.*s.json", STR_ARG(kind->name)).at, list);
    json_put_value(one, "parameters", slot);
    json_put_value(
        one, "get",
        get_operation(a, str_format(a, "get-%.*s", STR_ARG(kind->name)), "One record", kind->name, "Record"));
    json_put_value(one, "patch",
                   change_operation(a, kind, "change", "Change fields (JSON Merge Patch, RFC 7396)",
                                    body_make(a, "application/merge-patch+json", typed(a, "object")),
                                    beside_parameters(a)));
    json_put_value(one, "put",
                   change_operation(a, kind, "replace", "The whole document",
                                    body_make(a, "application/json", ref_make(a, "schemas", kind->name)),
                                    beside_parameters(a)));
    json_put_value(one, "delete", delete_operation(a, kind));
    json_put_value(paths, str_format(a, "/%.*s/{record}.json", STR_ARG(kind->name)).at, one);
    json_put_value(history, "parameters", slot);
    json_put_value(
        history, "get",
        get_operation(a, str_format(a, "history-%.*s", STR_ARG(kind->name)), "Its versions", kind->name, "History"));
    json_put_value(paths, str_format(a, "/%.*s/{record}/history.json", STR_ARG(kind->name)).at, history);
    post_path(a, paths, kind, slot, "state", "Submit, publish or take back to draft",
              OBJECT(a, "state:string", "note:string"));
    post_path(a, paths, kind, slot, "restore", "Bring back an older version, by its number",
              OBJECT(a, "restore:integer", "note:string"));
    format_paths(a, paths, kind, ON_LIST, "", NULL);
    format_paths(a, paths, kind, ON_RECORD, "/{record}", slot);
}

/* A kind file's references to the shared definitions become references into this document. */
static Json *schema_moved(Arena *a, const Json *value)
{
    if (json_is_array(value)) {
        Json       *list = json_array_make(a);
        size_t      i;
        const Json *item;
        json_array_foreach(value, i, item) json_add_value(list, schema_moved(a, item));
        return list;
    }
    if (!json_is_object(value))
        return json_copy_deep(a, value); /* the kinds' own counts of references are nobody's to touch */
    Json       *object = json_object_make(a);
    const char *key;
    Json       *member;
    json_object_foreach((Json *)value, key, member)
    {
        bool is_ref = !strcmp(key, "$ref") && str_starts(json_text(member), S("banyan:defs#"));
        if (!strcmp(key, "$schema") || !strcmp(key, "$id") || !strcmp(key, "$anchor")) continue;
        if (is_ref)
            json_put_text(object, key,
                          str_format(a, "#/components/schemas/%.*s", STR_ARG(str_drop(json_text(member), 12))));
        else json_put_value(object, key, schema_moved(a, member));
    }
    return object;
}

static Json *components_make(const FormatWork *work)
{
    Arena *a = work->arena;
    Json  *components = json_object_make(a), *schemas = json_object_make(a);
    json_put_value(schemas, "Item",
                   OBJECT(a, "id:string", "slug:string", "kind:string", "url:string", "title:string", "summary:string",
                          "updated:string"));
    json_put_value(schemas, "List",
                   OBJECT(a, "kind:string", "total:integer", "items:items", "facets:array", "next:string"));
    json_put_value(schemas, "Record",
                   OBJECT(a, "id:string", "kind:string", "slug:string", "version:integer", "owner:string",
                          "audience:string", "state:string", "created:string", "updated:string", "doc:object",
                          "links:array", "backlinks:array"));
    json_put_value(schemas, "History", OBJECT(a, "id:string", "kind:string", "slug:string", "items:array"));
    json_put_value(
        schemas, "Problem",
        OBJECT(a, "type:string", "title:string", "status:integer", "detail:string", "instance:string", "errors:array"));
    json_put_value(schemas, "Import",
                   OBJECT(a, "id:string", "url:string", "state:string", "share:number",
                          "until:string", "dataset:string", "title:string", "owner:string",
                          "files:array", "look:object", "problem:object"));
    for (size_t i = 0; i < kinds_count(work->kinds); i++) {
        const Kind *kind = kinds_at(work->kinds, i);
        json_put_value(schemas, str_z(a, kind->name), schema_moved(a, kind->json));
    }
    const char *name;
    Json       *definition;
    json_object_foreach(json_get(kinds_definitions(work->kinds), "$defs"), name, definition)
        json_put_value(schemas, name, schema_moved(a, definition));
    json_put_value(components, "schemas", schemas);
    Json *responses = json_object_make(a);
    json_put_value(responses, "Problem",
                   response_make(a, "What went wrong (RFC 9457).", "application/problem+json",
                                 ref_make(a, "schemas", S("Problem"))));
    json_put_value(components, "responses", responses);
    Json *schemes = json_object_make(a), *token = json_object_make(a);
    json_put_text(token, "type", S("http"));
    json_put_text(token, "scheme", S("bearer"));
    json_put_value(schemes, "token", token);
    json_put_value(components, "securitySchemes", schemes);
    return components;
}

static Json *console_path(Arena *a)
{
    static const char about[] = "Ask the datasets that one may see in SQL";
    Json             *path = json_object_make(a), *get = operation_make(a, S("console"), about, S("dataset")),
         *parameters = json_array_make(a);
    responses_put(a, get, "200", response_make(a, about, "application/json", typed(a, "object")));
    json_add_value(parameters, parameter_make(a, "query", S("sql"), typed(a, "string"), "One SELECT"));
    json_add_value(parameters, parameter_make(a, "query", S("limit"), typed(a, "integer"), "At most so many rows"));
    json_put_value(get, "parameters", parameters);
    json_put_value(path, "get", get);
    return path;
}

/* Paths that follow from no kind: files into datasets, rows set aside, rows of saved questions. */
typedef struct {
    const char *path, *method, *id, *summary;
    const char *parameters[10]; /* "name:type:what it means", in the path where the path has it */
    const char *body;           /* its media type; of a form, the part "file" is the file */
    const char *status, *type;  /* of the answer */
} PlainPath;

#define IMPORT_WISH                                                                                \
    "name:string:The file's name, where the body is the file.", "title:string:Of a new dataset.",  \
        "owner:string:Organisation that owns a new dataset.", "audience:string:Of a new dataset.", \
        "state:string:Of a new dataset: draft, review or published.",                              \
        "look:string:yes: say what would be read and wait for a decision.",                        \
        "sheet:string:Of a workbook, or a file of an archive.",                                    \
        "encoding:string:Of the file's text, where its bytes show another: windows-1252, GB18030 …"

static const PlainPath plain_paths[] = {
    { "/import.json", "get", "imports", "Your imports", { NULL }, NULL, "200", "application/json" },
    { "/import.json",
      "post",
      "import-new",
      "A file into a new dataset, as the body or in a form",
      { IMPORT_WISH },
      "*/*",
      "202",
      "application/json" },
    { "/import/{job}.json",
      "get",
      "import",
      "How an import is: looking, waiting, importing, done or failed",
      { "job:string:Id of the import." },
      NULL,
      "200",
      "application/json" },
    { "/import/{job}.json",
      "post",
      "import-decide",
      "Decide of an import that waits: {do: import, look or drop; columns, sheet, title, state}",
      { "job:string:Id of the import." },
      "application/json",
      "202",
      "application/json" },
    { "/dataset/{record}/import.json",
      "get",
      "imports-into",
      "Your imports",
      { "record:string:Id or slug." },
      NULL,
      "200",
      "application/json" },
    { "/dataset/{record}/import.json",
      "post",
      "import-into",
      "A file into a dataset, as the body or in a form",
      { "record:string:Id or slug.", "name:string:The file's name, where the body is the file.",
        "look:string:yes: say what would be read and wait for a decision.",
        "sheet:string:Of a workbook, or a file of an archive.",
        "encoding:string:Of the file's text, where its bytes show another: windows-1252, GB18030 …",
        "mends:string:SHA-256 of the rows set aside that the file has mended." },
      "*/*",
      "202",
      "application/json" },
    { "/dataset/{record}/aside/{hash}.json",
      "get",
      "aside",
      "Rows set aside, with line, column, value and reason",
      { "record:string:Id or slug.", "hash:string:aside_sha256 of the part.",
        "offset:integer:The first row." },
      NULL,
      "200",
      "application/json" },
    { "/dataset/{record}/aside/{hash}.csv",
      "get",
      "aside-csv",
      "The same as CSV, to be mended and sent again",
      { "record:string:Id or slug.", "hash:string:aside_sha256 of the part." },
      NULL,
      "200",
      "text/csv" },
    { "/dataset/{record}/quality.json",
      "get",
      "quality",
      "What the checks found, by part and flag",
      { "record:string:Id or slug." },
      NULL,
      "200",
      "application/json" },
    { "/query/{record}/rows.json",
      "get",
      "query-rows",
      "The answer of a saved question",
      { "record:string:Id or slug.", "limit:integer:How many at most." },
      NULL,
      "200",
      "application/json" },
};

static void plain_path(Arena *a, Json *paths, const PlainPath *p)
{
    Json *path = json_get(paths, p->path), *operation = operation_make(a, str_of(p->id), p->summary, S("dataset"));
    Json *parameters = json_array_make(a);
    if (!path) {
        path = json_object_make(a);
        json_put_value(paths, p->path, path);
    }
    for (size_t i = 0; i < sizeof p->parameters / sizeof *p->parameters && p->parameters[i]; i++) {
        Cut         name = str_cut(str_of(p->parameters[i]), ':'), type = str_cut(name.tail, ':');
        const char *slot = str_format(a, "{%.*s}", STR_ARG(name.head)).at;
        json_add_value(parameters, parameter_make(a, strstr(p->path, slot) ? "path" : "query", name.head,
                                                  typed(a, str_z(a, type.head)), str_z(a, type.tail)));
    }
    json_put_value(operation, "parameters", parameters);
    if (p->body) {
        Json *body = json_object_make(a), *content = json_object_make(a), *media = json_object_make(a);
        json_put_value(media, "schema", typed(a, strcmp(p->body, "*/*") ? "object" : "string"));
        json_put_value(content, p->body, media);
        json_put_value(body, "content", content);
        json_put_value(operation, "requestBody", body);
    }
    secured(a, operation);
    bool  job = !strcmp(p->status, "202") || !strcmp(p->id, "import");
    Json *schema = job ? ref_make(a, "schemas", S("Import"))
                       : typed(a, strcmp(p->type, "application/json") ? "string" : "object");
    responses_put(a, operation, p->status, response_make(a, p->summary, p->type, schema));
    json_put_value(path, p->method, operation);
}

static Json *rows_path(Arena *a)
{
    static const char about[] = "Send a few rows: durable when answered, and seen at once";
    Json             *path = json_object_make(a), *post = operation_make(a, S("send-rows"), about, S("dataset")),
         *parameters = json_array_make(a), *body = json_object_make(a), *content = json_object_make(a);
    static const char *const types[] = { "application/json", "application/x-ndjson", "text/csv" };
    json_add_value(parameters, parameter_make(a, "path", S("record"), typed(a, "string"), "Id or slug."));
    json_add_value(parameters, parameter_make(a, "header", S("Idempotency-Key"), typed(a, "string"),
                                              "The same post with the same key is taken once."));
    json_put_value(post, "parameters", parameters);
    for (size_t i = 0; i < 3; i++) {
        Json *media = json_object_make(a);
        json_put_value(media, "schema", i ? typed(a, "string") : json_object_make(a));
        json_put_value(content, types[i], media);
    }
    json_put_value(body, "content", content);
    json_put_bool(body, "required", true);
    json_put_value(post, "requestBody", body);
    responses_put(
        a, post, "201",
        response_make(a, "Rows were taken or set aside.", "application/json", typed(a, "object")));
    json_put_value(json_get(post, "responses"), "200",
                   response_make(a, "All of it was known.", "application/json", typed(a, "object")));
    secured(a, post);
    json_put_value(path, "post", post);
    return path;
}

static Json *search_path(Arena *a)
{
    Json *path = json_object_make(a),
         *get = get_operation(a, S("search"), "Search all kinds", S("search"), "List");
    Json       *parameters = json_array_make(a);
    const char *names[] = { "q", "lang", "kind", "limit" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_add_value(parameters,
                       parameter_make(a, "query", str_of(names[i]), typed(a, i == 3 ? "integer" : "string"), names[i]));
    json_put_value(get, "parameters", parameters);
    json_put_value(path, "get", get);
    return path;
}

Json *openapi_make(const FormatWork *work)
{
    Arena *a = work->arena;
    Json  *api = json_object_make(a), *info = json_object_make(a), *paths = json_object_make(a),
         *servers = json_array_make(a), *server = json_object_make(a);
    json_put_text(api, "openapi", S("3.1.0"));
    json_put_text(info, "title", work->node_title);
    json_put_text(info, "version", S("1"));
    json_put_value(api, "info", info);
    json_put_text(server, "url", work->base_url);
    json_add_value(servers, server);
    json_put_value(api, "servers", servers);
    json_put_value(paths, "/search.json", search_path(a));
    json_put_value(paths, "/console.json", console_path(a));
    json_put_value(paths, "/dataset/{record}/rows", rows_path(a));
    for (size_t i = 0; i < kinds_count(work->kinds); i++) kind_paths(a, paths, kinds_at(work->kinds, i));
    for (size_t i = 0; i < sizeof plain_paths / sizeof *plain_paths; i++) plain_path(a, paths, &plain_paths[i]);
    json_put_value(api, "paths", paths);
    json_put_value(api, "components", components_make(work));
    return api;
}
