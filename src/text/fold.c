/* Folding by a table over code points, made by ICU block by block on first use and then only read.
   Everything that depends on a neighbour is here: marks go to their base, Hangul is composed. */
#include "text/fold.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#define TEXT_MAX ((size_t)1 << 30)

/* What a code point folds to: a kind in the top bits, in the rest a unit, a hash of marks or a place
   in the block's list of entries. */
typedef uint32_t Entry;
#define ENTRY_KIND    ((Entry)7 << 29)
#define ENTRY_GAP     ((Entry)0 << 29)
#define ENTRY_UNIT    ((Entry)1 << 29)
#define ENTRY_MARK    ((Entry)2 << 29)
#define ENTRY_DROP    ((Entry)3 << 29)
#define ENTRY_SEVERAL ((Entry)4 << 29)
#define ENTRY_VALUE   (~ENTRY_KIND)

#define BLOCK_SIZE 256
#define FOLD_MAX   32 /* code points that one becomes; NFKC's longest is 18 */

typedef struct {
    Entry entry[BLOCK_SIZE];
    Entry several[]; /* count, then the entries */
} Block;

static _Atomic(Block *) blocks[0x110000 / BLOCK_SIZE];

/* Letters whose plain form is not in their decomposition. */
static const struct {
    UChar32 from, to[3];
} plain_letters[] = {
    { 0x00E6, { 'a', 'e' } },
    { 0x00F0, { 'd' } },
    { 0x00F8, { 'o' } },
    { 0x00FE, { 't', 'h' } },
    { 0x0111, { 'd' } },
    { 0x0127, { 'h' } },
    { 0x0131, { 'i' } },
    { 0x0138, { 'k' } },
    { 0x0142, { 'l' } },
    { 0x014B, { 'n' } },
    { 0x0153, { 'o', 'e' } },
    { 0x0167, { 't' } },
    { 0x0180, { 'b' } },
    { 0x0268, { 'i' } },
    { 0x0289, { 'u' } },
    /* alef maksura: yeh; teh marbuta: heh; alef wasla: alef; keheh: kaf; Farsi yeh: yeh */
    { 0x0649, { 0x064A } },
    { 0x0629, { 0x0647 } },
    { 0x0671, { 0x0627 } },
    { 0x06A9, { 0x0643 } },
    { 0x06CC, { 0x064A } },
};

static uint32_t mark_hash(UChar32 c)
{
    return (uint32_t)c * 2654435761u >> 25;
}

/* Sum of hashes, so that the order of marks does not count; zero stays "no marks". */
static Unit unit_with_mark(Unit u, uint32_t hash)
{
    uint32_t marks = (UNIT_MARKS(u) + hash) & 0x7F;
    return (u & ~((Unit)0x7F << 21)) | (marks ? marks : 1) << 21;
}

typedef struct {
    const UNormalizer2 *nfkc_casefold, *nfd;
    UTransliterator    *simplify;
    pthread_mutex_t     lock;
} Tools;

static Tools          tools = { .lock = PTHREAD_MUTEX_INITIALIZER };
static pthread_once_t tools_once = PTHREAD_ONCE_INIT;

static void tools_start(void)
{
    UErrorCode status = U_ZERO_ERROR;
    tools.nfkc_casefold = unorm2_getNFKCCasefoldInstance(&status);
    tools.nfd = unorm2_getNFDInstance(&status);
    static const UChar name[] = u"Traditional-Simplified";
    tools.simplify = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_FAILURE(status)) memory_end(sizeof tools); /* ICU's data are part of its library */
}

void fold_start(void)
{
    pthread_once(&tools_once, tools_start);
}

static UChar32 simplified(UChar32 c)
{
    UChar      text[8];
    int32_t    n = 0, end;
    UErrorCode status = U_ZERO_ERROR;
    U16_APPEND_UNSAFE(text, n, c);
    end = n;
    utrans_transUChars(tools.simplify, text, &n, 8, 0, &end, &status);
    UChar32 to = c;
    int32_t i = 0;
    if (U_SUCCESS(status) && n > 0) U16_NEXT(text, i, n, to);
    return U_SUCCESS(status) && i == n ? to : c;
}

static bool is_hangul(UChar32 c)
{
    return c >= 0xAC00 && c <= 0xD7A3;
}

/* Entries of one code point of NFKC_Casefold. `from` is the original, for marking what was changed
   by more than Unicode's own foldings. */
static size_t entries_of(UChar32 c, bool upper, Entry *out)
{
    for (size_t i = 0; i < sizeof plain_letters / sizeof *plain_letters; i++)
        if (plain_letters[i].from == c) {
            size_t n = 0;
            for (; n < 3 && plain_letters[i].to[n]; n++)
                out[n] =
                    ENTRY_UNIT | unit_with_mark((Unit)plain_letters[i].to[n], mark_hash(c)) | (upper ? UNIT_UPPER : 0);
            return n;
        }

    int8_t category = u_charType(c);
    if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK) return out[0] = ENTRY_MARK | mark_hash(c), 1;
    int32_t digit = u_charDigitValue(c);
    if (digit >= 0) return out[0] = ENTRY_UNIT | unit_with_mark('0' + (Unit)digit, mark_hash(c & ~15)), 1;
    if (!(U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_MC_MASK))) return out[0] = ENTRY_GAP, 1;
    UChar32 to = c;
    if (c >= 0x30A1 && c <= 0x30F6) to = c - 0x60;
    else if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) to = simplified(c);
    Unit u = (Unit)to;
    if (to != c) u = unit_with_mark(u, mark_hash(c));
    return out[0] = ENTRY_UNIT | u | (upper ? UNIT_UPPER : 0), 1;
}

static size_t fold_code_point(UChar32 c, Entry *out)
{
    if (c < 0x80) {
        bool upper = c >= 'A' && c <= 'Z';
        if (upper) c += 'a' - 'A';
        bool is_unit = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        return out[0] = is_unit ? ENTRY_UNIT | (Entry)c | (upper ? UNIT_UPPER : 0) : ENTRY_GAP, 1;
    }
    if (c == 0x0640) return out[0] = ENTRY_DROP, 1; /* tatweel only stretches the line */
    if (U_IS_SURROGATE(c)) return out[0] = ENTRY_GAP, 1;

    UChar      from[2], folded[FOLD_MAX], apart[FOLD_MAX];
    int32_t    n = 0;
    UErrorCode status = U_ZERO_ERROR;
    U16_APPEND_UNSAFE(from, n, c);
    n = unorm2_normalize(tools.nfkc_casefold, from, n, folded, FOLD_MAX, &status);
    if (U_SUCCESS(status) && n == 0) return out[0] = ENTRY_DROP, 1;
    bool upper = u_isUUppercase(c) || u_istitle(c);

    size_t entries = 0;
    for (int32_t i = 0; U_SUCCESS(status) && i < n;) {
        UChar32 f;
        U16_NEXT(folded, i, n, f);
        UChar   one[2];
        int32_t one_n = 0, apart_n = 0;
        U16_APPEND_UNSAFE(one, one_n, f);
        if (!is_hangul(f)) apart_n = unorm2_normalize(tools.nfd, one, one_n, apart, FOLD_MAX, &status);
        else memcpy(apart, one, sizeof *apart * (size_t)(apart_n = one_n));
        for (int32_t k = 0; U_SUCCESS(status) && k < apart_n && entries + 3 <= FOLD_MAX;) {
            UChar32 part;
            U16_NEXT(apart, k, apart_n, part);
            entries += entries_of(part, upper, out + entries);
        }
    }
    if (U_FAILURE(status) || entries == 0) return out[0] = ENTRY_GAP, 1;
    /* A mark goes to the unit before it; only leading ones are left for the text to place. */
    size_t kept = 0;
    for (size_t i = 0; i < entries; i++) {
        if (kept && (out[i] & ENTRY_KIND) == ENTRY_MARK && (out[kept - 1] & ENTRY_KIND) == ENTRY_UNIT)
            out[kept - 1] = ENTRY_UNIT | unit_with_mark(out[kept - 1] & ENTRY_VALUE, out[i] & ENTRY_VALUE);
        else out[kept++] = out[i];
    }
    return kept;
}

static const Block *block_make(uint32_t number)
{
    fold_start();
    pthread_mutex_lock(&tools.lock);
    Block *block = atomic_load(&blocks[number]);
    if (!block) {
        Entry  entry[BLOCK_SIZE], several[BLOCK_SIZE * (FOLD_MAX + 1)], out[FOLD_MAX];
        size_t n = 0;
        for (uint32_t i = 0; i < BLOCK_SIZE; i++) {
            size_t count = fold_code_point((UChar32)(number * BLOCK_SIZE + i), out);
            entry[i] = count == 1 ? out[0] : ENTRY_SEVERAL | (Entry)n;
            if (count == 1) continue;
            several[n++] = (Entry)count;
            for (size_t k = 0; k < count; k++) several[n++] = out[k];
        }
        block = malloc(sizeof *block + n * sizeof *several);
        if (!block) memory_end(sizeof *block + n * sizeof *several);
        memcpy(block->entry, entry, sizeof entry);
        memcpy(block->several, several, n * sizeof *several);
        atomic_store_explicit(&blocks[number], block, memory_order_release);
    }
    pthread_mutex_unlock(&tools.lock);
    return block;
}

typedef struct {
    Folded f;
    bool   gap;
} Folding;

static bool hangul_joins(Folding *to, Unit next)
{
    if (to->gap || !to->f.n) return false;
    Unit *last = &to->f.at[to->f.n - 1];
    Unit  base = UNIT_BASE(*last), syllable;
    if (base >= 0x1100 && base <= 0x1112 && next >= 0x1161 && next <= 0x1175)
        syllable = 0xAC00 + ((base - 0x1100) * 21 + (next - 0x1161)) * 28;
    else if (is_hangul((UChar32)base) && (base - 0xAC00) % 28 == 0 && next > 0x11A7 && next <= 0x11C2)
        syllable = base + next - 0x11A7;
    else return false;
    *last = (*last & ~(Unit)0x1FFFFF) | syllable;
    return true;
}

static void fold_entry(Folding *to, Entry e, size_t from, size_t end)
{
    Folded *f = &to->f;
    switch (e & ENTRY_KIND) {
    case ENTRY_UNIT:
        e &= ENTRY_VALUE;
        if (UNIT_BASE(e) >= 0x1161 && UNIT_BASE(e) <= 0x11C2 && hangul_joins(to, UNIT_BASE(e))) {
            f->to[f->n - 1] = (uint32_t)end;
            return;
        }
        f->from[f->n] = (uint32_t)from;
        f->to[f->n] = (uint32_t)end;
        f->at[f->n++] = e | (to->gap ? UNIT_GAP | UNIT_WORD : 0);
        to->gap = false;
        return;
    case ENTRY_MARK:
        if (to->gap || !f->n) return; /* a mark without its letter, at the cut of a fragment */
        f->at[f->n - 1] = unit_with_mark(f->at[f->n - 1], e & ENTRY_VALUE);
        f->to[f->n - 1] = (uint32_t)end;
        return;
    case ENTRY_GAP: to->gap = true; return;
    default: return;
    }
}

Folded fold_make(Arena *a, Str text)
{
    size_t len = text.len < TEXT_MAX ? text.len : TEXT_MAX;
    /* Hardly any code point becomes more units than it has bytes; a text of those alone is cut. */
    size_t         room = len + FOLD_MAX;
    Folding        to = { { arena_raw(a, room * sizeof(Unit)), arena_raw(a, room * sizeof(uint32_t)),
                            arena_raw(a, room * sizeof(uint32_t)), 0 },
                          true };
    const uint8_t *s = (const uint8_t *)text.at;
    for (size_t i = 0; i < len;) {
        size_t  from = i;
        UChar32 c;
        U8_NEXT(s, i, len, c);
        if (c < 0) {
            to.gap = true;
            continue;
        }
        const Block *block = atomic_load_explicit(&blocks[c / BLOCK_SIZE], memory_order_acquire);
        if (!block) block = block_make((uint32_t)c / BLOCK_SIZE);
        Entry e = block->entry[c % BLOCK_SIZE];
        if ((e & ENTRY_KIND) != ENTRY_SEVERAL) {
            if (to.f.n < room) fold_entry(&to, e, from, i);
            continue;
        }
        const Entry *several = &block->several[e & ENTRY_VALUE];
        for (Entry k = 1; k <= several[0] && to.f.n < room; k++) fold_entry(&to, several[k], from, i);
    }
    return to.f;
}

Script unit_script(Unit u)
{
    uint32_t c = UNIT_BASE(u);
    if (c < 0x0E00) return SCRIPT_SPACED;
    if (c < 0x0F00 || (c >= 0x1000 && c < 0x10A0) || (c >= 0x1780 && c < 0x1800) || (c >= 0x1950 && c < 0x1AB0) ||
        (c >= 0xA980 && c < 0xA9E0) || (c >= 0xAA60 && c < 0xAAE0))
        return SCRIPT_UNSPACED;
    if ((c >= 0x3005 && c < 0x3200) || (c >= 0x3400 && c < 0xA000) || (c >= 0xAC00 && c < 0xD7B0) ||
        (c >= 0xF900 && c < 0xFB00) || (c >= 0x1B000 && c < 0x1B170) || (c >= 0x20000 && c < 0x40000) ||
        (c >= 0x1100 && c < 0x1200))
        return SCRIPT_SYLLABLE;
    return SCRIPT_SPACED;
}

size_t units_text(const Unit *units, size_t n, char *out)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) U8_APPEND_UNSAFE(out, len, UNIT_BASE(units[i]));
    return len;
}
