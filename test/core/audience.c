#include "core/audience.h"

#include "check.h"

static Reader member(Arena *a, const char *organisation, Role role, bool may_write)
{
    Membership *m = NEW(a, Membership);
    *m = (Membership){ str_of(organisation), role };
    Reader r = { .person = S("p1"), .memberships = m, .membership_count = 1, .may_write = may_write };
    reader_finish(&r, a);
    return r;
}

TEST("every audience is seen by those it names and nobody else")
{
    Str    mekong = S("mekong");
    Reader nobody = { 0 }, person = { .person = S("p0") };
    Reader partner = { .person = S("p2"), .frameworks = &mekong, .framework_count = 1 };
    Reader owner = member(a, "caec", ROLE_READER, false), other = member(a, "other", ROLE_ADMINISTRATOR, true);
    Reader program = { .all = true };
    reader_finish(&nobody, a);
    reader_finish(&person, a);
    reader_finish(&partner, a);
    reader_finish(&program, a);
    const Reader *readers[] = { &nobody, &person, &partner, &owner, &other, &program };
    static const struct {
        const char *audience;
        bool        working;
        const char *seen_by;
    } table[] = {
        { "public", false, "111111" },
        { "signed-in", false, "011111" },
        { "framework:mekong", false, "001001" },
        { "framework:other", false, "000001" },
        { "own", false, "000101" },
        { "public", true, "000101" },
        { "framework:mekong", true, "000101" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Str  token = audience_token(a, str_of(table[i].audience), S("caec"), table[i].working);
        char seen[7] = "";
        for (size_t r = 0; r < 6; r++) seen[r] = audience_allows(readers[r], token) ? '1' : '0';
        CHECK_STR(seen, table[i].seen_by);
    }
}

TEST("only editors edit and only publishers publish, with a key that may write")
{
    for (Role role = ROLE_NONE; role <= ROLE_ADMINISTRATOR; role++) {
        Reader r = member(a, "caec", role, true), reads = member(a, "caec", role, false);
        CHECK_EQ_INT(may_edit(&r, S("caec")), role >= ROLE_EDITOR);
        CHECK_EQ_INT(may_publish(&r, S("caec")), role >= ROLE_PUBLISHER);
        CHECK(!may_edit(&r, S("other")) && !may_publish(&r, S("other")));
        CHECK(!may_edit(&reads, S("caec")) && !may_publish(&reads, S("caec")));
    }
    Reader runs = { .person = S("p"), .runs_node = true, .may_write = true };
    reader_finish(&runs, a);
    CHECK(!may_edit(&runs, S("caec")));
    CHECK(!audience_allows(&runs, S("org:caec")));
}

TEST("an organisation's administrators manage its people, who runs the node manages all")
{
    Reader runs = { .person = S("p"), .may_write = true, .runs_node = true };
    Reader admin = member(a, "caec", ROLE_ADMINISTRATOR, true), publisher = member(a, "caec", ROLE_PUBLISHER, true);
    Reader reads = member(a, "caec", ROLE_ADMINISTRATOR, false);
    reader_finish(&runs, a);
    CHECK(may_manage(&admin, S("caec")));
    CHECK(!may_manage(&admin, S("pcd-th")));
    CHECK(!may_manage(&publisher, S("caec")));
    CHECK(!may_manage(&reads, S("caec")));
    CHECK(may_manage(&runs, S("caec")));
    CHECK(may_manage_all(&runs));
    CHECK(may_manage_some(&admin));
    CHECK(!may_manage_all(&admin));
    CHECK(!may_manage_some(&publisher));
    runs.may_write = false;
    CHECK(!may_manage(&runs, S("caec")));
}

TEST("readers with the same tokens share a key, others do not")
{
    Reader x = member(a, "caec", ROLE_READER, false), y = member(a, "caec", ROLE_EDITOR, true);
    Reader z = member(a, "other", ROLE_READER, false), nobody = { 0 };
    reader_finish(&nobody, a);
    CHECK(x.key == y.key);
    CHECK(x.key != z.key);
    CHECK(x.key != nobody.key);
}

TEST("an audience that does not exist is refused")
{
    CHECK_OK(audience_check(S("framework:china-asean"), &err));
    CHECK_ERR(audience_check(S("framework:"), &err), ERR_INVALID);
    CHECK_ERR(audience_check(S("framework:a b"), &err), ERR_INVALID);
    CHECK_ERR(audience_check(S("Public"), &err), ERR_INVALID);
    CHECK_ERR(audience_check(S("org:caec"), &err), ERR_INVALID);
    CHECK_ERR(audience_check(S(""), &err), ERR_INVALID);
}

TEST("role names read back")
{
    for (Role role = ROLE_NONE; role <= ROLE_ADMINISTRATOR; role++) {
        Role again;
        CHECK(role_read(str_of(role_name(role)), &again));
        CHECK_EQ_INT(again, role);
    }
    Role none;
    CHECK(!role_read(S("king"), &none));
}
