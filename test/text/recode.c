#include "check.h"
#include "text/recode.h"

static Str read_as(Arena *a, Str bytes, Str encoding)
{
    Err      why = { 0 };
    Buf     *out = buf_open(a);
    Recoder *r = recoder_open(a, encoding, &why);
    return r && recoder_put(r, bytes, true, out, &why) ? buf_str(out) : S("");
}

TEST("letters of Windows, of DOS, of the Mac and of others are told apart by where they stand")
{
    static const struct {
        Str         bytes;
        const char *encoding, *text;
    } table[] = {
        { S_INIT("caf\xe9, M\xfcnchen, S\xe3o"), "windows-1252", "café, München, São" },
        { S_INIT("l\x92"
                 "eau \x96 25 \xb0"
                 "C, 3 m\xb2"),
          "windows-1252", "l’eau – 25 °C, 3 m²" },
        { S_INIT("caf\x82, M\x81nchen, Fran\x87ois, Espa\xa4"
                 "a"),
          "IBM850", "café, München, François, España" },
        { S_INIT("Temp\x82rature 25\xf8"
                 "C, \x90t\x82"),
          "IBM850", "Température 25°C, Été" },
        { S_INIT("caf\x8e, M\x9fnchen, Fran\x8dois, Espa\x96"
                 "a"),
          "macintosh", "café, München, François, España" },
        { S_INIT("Temp\x8erature 25\xa1"
                 "C, \x83t\x8e"),
          "macintosh", "Température 25°C, Été" },
        { S_INIT("H\xf4\xcc Ho\xe0n Ki\xea\xecm, L\xe0o Cai, Nguy\xea\xden"), "windows-1258",
          "Hô\u0300 Hoàn Kiê\u0301m, Lào Cai, Nguyê\u0303n" },
        { S_INIT("\x92n\x93_,\x92l\n\x93\x8c\x8b\x9e,1\n\x91\xe5\x8d\xe3,2\n"), "Shift_JIS",
          "地点,値\n東京,1\n大阪,2\n" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool sure;
        Str  encoding = recode_guess(a, table[i].bytes, &sure);
        CHECK_STR(encoding, table[i].encoding);
        CHECK_STR(read_as(a, table[i].bytes, encoding), table[i].text);
        CHECK(!sure || str_eq_z(encoding, "windows-1252"));
    }
}

TEST("encodings have many names, and one that nobody knows is refused by it")
{
    Str name;
    CHECK_ERR(recode_name(a, S("nonsense-7"), &name, &err), ERR_UNSUPPORTED);
    CHECK(str_has(str_of(err.text), S("nonsense-7")));
    static const char *const table[][2] = { { "utf8", "UTF-8" },
                                            { "latin1", "ISO-8859-1" },
                                            { "cp1252", "windows-1252" },
                                            { "cp850", "IBM850" },
                                            { "gb18030", "GB18030" } };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        CHECK_OK(recode_name(a, str_of(table[i][0]), &name, &err));
        CHECK_STR(name, table[i][1]);
    }
    size_t               n;
    const UsualEncoding *usual = recode_usual(&n);
    for (size_t i = 0; i < n; i++) {
        CHECK_OK(recode_name(a, usual[i].name, &name, &err));
        CHECK_STR(name, usual[i].name.at);
    }
}
