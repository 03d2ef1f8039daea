#include "store/db.h"

#include "check.h"

static Db *open_numbers(Arena *a, Err *err)
{
    Db *db;
    Str path = str_format(a, "%s/numbers.db", test_folder(a));
    if (!db_open(path.at, DB_PROJECTION, 1 << 20, &db, err)) return NULL;
    return db_run(db, "create table number(n integer primary key, word text)", err) ? db : NULL;
}

static bool insert(Db *db, int64_t n, Str word, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "insert into number values(?1, ?2)", err)) return false;
    query_bind_int(q, 1, n);
    query_bind_text(q, 2, word);
    return query_run(q, err);
}

static int64_t count(Db *db, Err *err)
{
    Query *q;
    if (!query_open(db, &q, "select count(*) from number", err)) return -1;
    int64_t n = query_one(q, err) ? query_int(q, 0) : -1;
    query_close(q);
    return n;
}

TEST("rows written in a transaction are there after the commit")
{
    Db *db = open_numbers(a, &err);
    CHECK(db != NULL);
    CHECK_OK(db_begin(db, &err));
    CHECK_OK(insert(db, 1, S("one"), &err));
    CHECK_OK(insert(db, 2, S("two"), &err));
    CHECK_OK(db_commit(db, &err));
    Query *q;
    CHECK_OK(query_open(db, &q, "select word from number where n = ?1", &err));
    query_bind_int(q, 1, 2);
    CHECK_OK(query_one(q, &err));
    CHECK_STR(query_text(q, 0), "two");
    query_close(q);
    db_close(db);
}

TEST("one row that is not there is ERR_NOT_FOUND")
{
    Db    *db = open_numbers(a, &err);
    Query *q;
    CHECK_OK(query_open(db, &q, "select word from number where n = ?1", &err));
    query_bind_int(q, 1, 2);
    CHECK_ERR(query_one(q, &err), ERR_NOT_FOUND);
    query_close(q);
    db_close(db);
}

TEST("a row that fails to be written, or to be committed, is not there")
{
    Db *db = open_numbers(a, &err);
    FOR_EACH_FAULT (FAULT_DB_WRITE, FAULT_DB_COMMIT) {
        CHECK_OK(db_begin(db, &err));
        bool ok = insert(db, 1, S("one"), &err) && db_commit(db, &err);
        CHECK(!ok);
        CHECK_EQ_INT(err.code, ERR_STORE);
        db_rollback(db);
        CHECK_EQ_INT(count(db, &err), 0);
    }
    db_close(db);
}

TEST("the same literal may be open twice at once")
{
    Db *db = open_numbers(a, &err);
    CHECK_OK(insert(db, 1, S("one"), &err));
    CHECK_OK(insert(db, 2, S("two"), &err));
    const char *sql = "select word from number order by n";
    Query      *q[2];
    bool        row;
    CHECK_OK(query_open(db, &q[0], sql, &err));
    CHECK_OK(query_step(q[0], &row, &err));
    CHECK_OK(query_open(db, &q[1], sql, &err));
    CHECK_OK(query_step(q[1], &row, &err));
    CHECK_OK(query_step(q[0], &row, &err));
    CHECK_STR(query_text(q[0], 0), "two");
    CHECK_STR(query_text(q[1], 0), "one");
    query_close(q[0]);
    query_close(q[1]);
    db_close(db);
}

TEST("a database that is not there cannot be opened for reading")
{
    Db *db;
    CHECK(!db_open(str_format(a, "%s/none.db", test_folder(a)).at, DB_READ, 1 << 20, &db, &err));
}
