#include "store/rows.h"

#include "check.h"

static Db *open_rows(Arena *a, Err *err)
{
    Db *db;
    if (!db_open(str_format(a, "%s/node.db", test_folder(a)).at, DB_PROJECTION, 1 << 20, &db, err)) return NULL;
    return rows_start(db, err) && rows_start(db, err) ? db : NULL;
}

#define ID_ONE S("0190a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b1")

TEST("a record, its face, names and versions read back as written")
{
    Db *db = open_rows(a, &err);
    CHECK(db != NULL);
    RecordRow record = { 7, ID_ONE, S("activity"), 1000, 2, 3, 4, true };
    CHECK_OK(rows_record_put(db, &record, &err));
    FaceRow face = { 3, 7, 99, 2, 2000, 2, ID_ONE, S("activity"), S("eisp"), S("caec"), S("own"), S("org:caec"),
                     S("card") };
    CHECK_OK(rows_face_put(db, &face, &err));
    CHECK_OK(rows_name_put(db, S("activity"), S("eisp"), ID_ONE, &err));
    CHECK_OK(rows_version_put(db, 7, &(VersionRow){ 1, 98, 0, S("org:caec") }, &err));
    CHECK_OK(rows_version_put(db, 7, &(VersionRow){ 2, 99, 2, S("public") }, &err));

    RecordRow again;
    CHECK_OK(rows_record(db, a, ID_ONE, &again, &err));
    CHECK_EQ_INT(again.number, 7);
    CHECK_STR(again.kind, "activity");
    CHECK_EQ_INT(again.head, 2);
    CHECK_EQ_INT(again.published, 3);
    CHECK_EQ_INT(again.working, 4);
    CHECK(again.drafting);
    FaceRow f;
    CHECK_OK(rows_face(db, a, 3, &f, &err));
    CHECK_STR(f.id, ID_ONE);
    CHECK_STR(f.token, "org:caec");
    CHECK_EQ_INT(f.entry, 99);
    Str id;
    CHECK_OK(rows_name(db, a, S("activity"), S("eisp"), &id, &err));
    CHECK_STR(id, ID_ONE);
    CHECK_ERR(rows_name(db, a, S("meeting"), S("eisp"), &id, &err), ERR_NOT_FOUND);
    VersionRow *versions;
    size_t      n;
    CHECK_OK(rows_versions(db, a, 7, &versions, &n, &err));
    CHECK_EQ_INT(n, 2);
    CHECK_EQ_INT(versions[0].version, 2);
    CHECK_STR(versions[1].token, "org:caec");
    CHECK_OK(rows_face_drop(db, 3, &err));
    CHECK_ERR(rows_face(db, a, 3, &f, &err), ERR_NOT_FOUND);
    CHECK_ERR(rows_record(db, a, S("no id"), &again, &err), ERR_NOT_FOUND);
    db_close(db);
}

TEST("two files are compared row by row, and ids are walked in order")
{
    Db *db = open_rows(a, &err), *other = open_rows(a, &err);
    Str difference;
    for (int i = 0; i < 5; i++) {
        Str       id = str_format(a, "0190a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b%d", i);
        RecordRow row = { .number = (uint32_t)i + 1, .id = id, .kind = S("page") };
        CHECK_OK(rows_record_put(db, &row, &err));
        CHECK_OK(rows_name_put(db, S("page"), id, id, &err));
        CHECK_OK(rows_record_put(other, &row, &err));
        CHECK_OK(rows_compare(db, other, a, &difference, &err));
        CHECK_STR(str_cut(difference, ' ').head, "name");
        CHECK_OK(rows_name_put(other, S("page"), id, id, &err));
        CHECK_OK(rows_compare(db, other, a, &difference, &err));
        CHECK_STR(difference, "");
    }
    CHECK_OK(rows_version_put(other, 3, &(VersionRow){ 1, 5, 2, S("public") }, &err));
    CHECK_OK(rows_compare(db, other, a, &difference, &err));
    CHECK_STR(difference, "version 3|1|5|2|public");
    Str   *ids;
    size_t n;
    CHECK_OK(rows_ids(db, a, S("page"), S(""), 3, &ids, &n, &err));
    CHECK_EQ_INT(n, 3);
    CHECK_OK(rows_ids(db, a, S("page"), ids[2], 3, &ids, &n, &err));
    CHECK_EQ_INT(n, 2);
    CHECK_STR(ids[1], "0190a0b1-c2d3-7e4f-8a5b-6c7d8e9fa0b4");
    db_close(db);
    db_close(other);
}

TEST("rows of another format ask for a rebuild")
{
    Db *db = open_rows(a, &err);
    CHECK_OK(rows_number_put(db, "format", ROWS_FORMAT + 1, &err));
    CHECK_ERR(rows_start(db, &err), ERR_CORRUPT);
    db_close(db);
}
