/* See shapes.h. */
#include "data/shapes.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "text/country_names.h"

__asm__(".section .rodata\n"
        ".global banyan_shapes_begin, banyan_shapes_end\n"
        "banyan_shapes_begin:\n"
        ".incbin \"src/data/shapes.bin\"\n"
        "banyan_shapes_end:\n"
        ".previous\n");
extern const unsigned char banyan_shapes_begin[], banyan_shapes_end[];

#define STEP        0.002 /* of the file, in degrees */
#define CELLS       4     /* a degree */
#define COLUMNS     (360 * CELLS)
#define ROWS        (180 * CELLS)
#define SHAPES_MOST 255
#define OVERLAP     2 /* shapes at one place: generalised borders may cross by a little */

typedef struct {
    float         x1, y1, x2, y2;
    unsigned char one, other;
} Line;

typedef struct {
    unsigned char shape[OVERLAP];
} Middle;

struct Shapes {
    size_t    count;
    char      codes[SHAPES_MOST + 1][3];
    Line     *lines;
    uint32_t  line_count;
    uint32_t *first; /* of each cell in `in_cell`; one more at the end */
    uint32_t *in_cell;
    Middle   *middles;
    ShapeSet *wide; /* in each cell of a degree */
    struct {
        float west, south, east, north;
    } box[SHAPES_MOST + 1];
};

/* ---- the file ---- */

typedef struct {
    const unsigned char *at;
} Bytes;

static uint32_t take(Bytes *b)
{
    uint32_t n = 0;
    for (int shift = 0;; shift += 7) {
        unsigned char byte = *b->at++;
        n |= (uint32_t)(byte & 127) << shift;
        if (!(byte & 128)) return n;
    }
}

static int32_t take_signed(Bytes *b)
{
    uint32_t n = take(b);
    return n & 1 ? -(int32_t)(n / 2) - 1 : (int32_t)(n / 2);
}

static void *room(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (!p) memory_end(n * size);
    return p;
}

static void lines_read(Shapes *s, Bytes *b)
{
    uint32_t count = take(b), space = 0;
    int32_t  x = 0, y = 0;
    for (uint32_t i = 0; i < count; i++) {
        unsigned char one = (unsigned char)take(b), other = (unsigned char)take(b);
        uint32_t      points = take(b);
        if (s->line_count + points > space) {
            space = (s->line_count + points) * 2;
            s->lines = realloc(s->lines, space * sizeof *s->lines);
            if (!s->lines) memory_end(space * sizeof *s->lines);
        }
        for (uint32_t k = 0; k < points; k++) {
            Line line = { .x1 = (float)(x * STEP), .y1 = (float)(y * STEP), .one = one, .other = other };
            x += take_signed(b);
            y += take_signed(b);
            line.x2 = (float)(x * STEP);
            line.y2 = (float)(y * STEP);
            if (k) s->lines[s->line_count++] = line;
        }
    }
}

/* ---- the grid ---- */

static int column_of(double x)
{
    int c = (int)floor((x + 180) * CELLS);
    return c < 0 ? 0 : c >= COLUMNS ? COLUMNS - 1
                                    : c;
}

static int row_of(double y)
{
    int r = (int)floor((90 - y) * CELLS);
    return r < 0 ? 0 : r >= ROWS ? ROWS - 1
                                 : r;
}

static double middle_x(int column)
{
    return (column + 0.5) / CELLS - 180;
}

static double middle_y(int row)
{
    return 90 - (row + 0.5) / CELLS;
}

/* Twice over the lines: what each cell has is counted, then put. */
static void cells_fill(Shapes *s)
{
    uint32_t *next;
    s->first = room((size_t)COLUMNS * ROWS + 1, sizeof *s->first);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < s->line_count; i++) {
            const Line *l = &s->lines[i];
            int         left = column_of(fminf(l->x1, l->x2)), right = column_of(fmaxf(l->x1, l->x2));
            int         top = row_of(fmaxf(l->y1, l->y2)), bottom = row_of(fminf(l->y1, l->y2));
            for (int r = top; r <= bottom; r++)
                for (int c = left; c <= right; c++) {
                    if (pass == 0) s->first[r * COLUMNS + c + 1]++;
                    else s->in_cell[next[r * COLUMNS + c]++] = i;
                }
        }
        if (pass == 1) break;
        for (size_t i = 0; i < (size_t)COLUMNS * ROWS; i++) s->first[i + 1] += s->first[i];
        s->in_cell = room(s->first[(size_t)COLUMNS * ROWS] + 1, sizeof *s->in_cell);
        next = room((size_t)COLUMNS * ROWS, sizeof *next);
        memcpy(next, s->first, (size_t)COLUMNS * ROWS * sizeof *next);
    }
    free(next);
}

static void toggle(ShapesFound *in, unsigned char shape)
{
    if (!shape) return;
    for (size_t i = 0; i < in->n; i++)
        if (in->shape[i] == shape) {
            in->shape[i] = in->shape[--in->n];
            return;
        }
    if (in->n < SHAPES_FOUND) in->shape[in->n++] = shape;
}

static void cross(ShapesFound *in, const Line *l)
{
    toggle(in, l->one);
    toggle(in, l->other);
}

/* What changes on the way along `y` from one x to another within a cell; ends are half open, so that a way in two
   steps crosses nothing twice. */
static void walk_x(const Shapes *s, int cell, double y, double from, double to, ShapesFound *in)
{
    double low = fmin(from, to), high = fmax(from, to);
    for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++) {
        const Line *l = &s->lines[s->in_cell[i]];
        if ((l->y1 > y) == (l->y2 > y)) continue;
        double x = l->x1 + (y - l->y1) * ((double)l->x2 - l->x1) / ((double)l->y2 - l->y1);
        if (x >= low && x < high) cross(in, l);
    }
}

static void walk_y(const Shapes *s, int cell, double x, double from, double to, ShapesFound *in)
{
    double low = fmin(from, to), high = fmax(from, to);
    for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++) {
        const Line *l = &s->lines[s->in_cell[i]];
        if ((l->x1 > x) == (l->x2 > x)) continue;
        double y = l->y1 + (x - l->x1) * ((double)l->y2 - l->y1) / ((double)l->x2 - l->x1);
        if (y >= low && y < high) cross(in, l);
    }
}

static void middle_keep(Shapes *s, int cell, const ShapesFound *in)
{
    for (size_t i = 0; i < in->n && i < OVERLAP; i++) s->middles[cell].shape[i] = in->shape[i];
}

/* From the sea at the north pole down the first column, and from there along each row. */
static void middles_fill(Shapes *s)
{
    ShapesFound down = { 0 };
    s->middles = room((size_t)COLUMNS * ROWS, sizeof *s->middles);
    for (int r = 0; r < ROWS; r++) {
        int         cell = r * COLUMNS;
        double      edge = 90 - (double)r / CELLS;
        ShapesFound in;
        if (r) walk_y(s, cell - COLUMNS, middle_x(0), middle_y(r - 1), edge, &down);
        walk_y(s, cell, middle_x(0), edge, middle_y(r), &down);
        in = down;
        middle_keep(s, cell, &in);
        for (int c = 1; c < COLUMNS; c++) {
            double side = (double)c / CELLS - 180;
            walk_x(s, cell + c - 1, middle_y(r), middle_x(c - 1), side, &in);
            walk_x(s, cell + c, middle_y(r), side, middle_x(c), &in);
            middle_keep(s, cell + c, &in);
        }
    }
}

static void set_add(ShapeSet *set, unsigned char shape)
{
    if (shape) set->bits[shape / 64] |= (uint64_t)1 << shape % 64;
}

static void wide_fill(Shapes *s)
{
    s->wide = room((size_t)360 * 180, sizeof *s->wide);
    for (int cell = 0; cell < COLUMNS * ROWS; cell++) {
        ShapeSet *set = &s->wide[cell / COLUMNS / CELLS * 360 + cell % COLUMNS / CELLS];
        for (int i = 0; i < OVERLAP; i++) set_add(set, s->middles[cell].shape[i]);
        for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++) {
            set_add(set, s->lines[s->in_cell[i]].one);
            set_add(set, s->lines[s->in_cell[i]].other);
        }
    }
}

static void box_widen(Shapes *s, unsigned char shape, float x, float y)
{
    s->box[shape].west = fminf(s->box[shape].west, x);
    s->box[shape].east = fmaxf(s->box[shape].east, x);
    s->box[shape].south = fminf(s->box[shape].south, y);
    s->box[shape].north = fmaxf(s->box[shape].north, y);
}

static void boxes_fill(Shapes *s)
{
    for (size_t i = 0; i <= SHAPES_MOST; i++) {
        s->box[i].west = s->box[i].south = HUGE_VALF;
        s->box[i].east = s->box[i].north = -HUGE_VALF;
    }
    for (uint32_t i = 0; i < s->line_count; i++) {
        const Line *l = &s->lines[i];
        box_widen(s, l->one, l->x1, l->y1);
        box_widen(s, l->one, l->x2, l->y2);
        box_widen(s, l->other, l->x1, l->y1);
        box_widen(s, l->other, l->x2, l->y2);
    }
}

static Shapes        *made;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make(void)
{
    Shapes *s = room(1, sizeof *s);
    Bytes   b = { banyan_shapes_begin };
    s->count = take(&b);
    for (size_t i = 1; i <= s->count; i++) country_of_number((int)take(&b), s->codes[i]);
    lines_read(s, &b);
    assert(b.at == banyan_shapes_end && s->count <= SHAPES_MOST);
    cells_fill(s);
    middles_fill(s);
    wide_fill(s);
    boxes_fill(s);
    made = s;
}

const Shapes *shapes_get(void)
{
    pthread_once(&once, make);
    return made;
}

size_t shapes_count(const Shapes *s)
{
    return s->count;
}

const char *shapes_code(const Shapes *s, unsigned char shape)
{
    return s->codes[shape];
}

unsigned char shapes_find(const Shapes *s, Str alpha2)
{
    for (size_t i = 1; i <= s->count; i++)
        if (s->codes[i][0] && str_eq_z(alpha2, s->codes[i])) return (unsigned char)i;
    return 0;
}

/* ---- places ---- */

static void add(ShapesFound *out, unsigned char shape)
{
    if (!shape) return;
    for (size_t i = 0; i < out->n; i++)
        if (out->shape[i] == shape) return;
    if (out->n < SHAPES_FOUND) out->shape[out->n++] = shape;
}

static void containing(const Shapes *s, int cell, double y, double x, ShapesFound *out)
{
    double mx = middle_x(cell % COLUMNS), my = middle_y(cell / COLUMNS);
    for (int i = 0; i < OVERLAP; i++) add(out, s->middles[cell].shape[i]);
    if (s->first[cell] == s->first[cell + 1]) return;
    walk_x(s, cell, my, mx, x, out);
    walk_y(s, cell, x, my, y, out);
}

typedef struct {
    double x, y, shrink, degrees; /* `shrink`: of a degree of longitude there */
    bool   coasts;                /* and no other lines */
} Around;

static bool is_near(const Line *l, const Around *p, double turn)
{
    double ax = (l->x1 + turn - p->x) * p->shrink, ay = l->y1 - p->y;
    double bx = (l->x2 + turn - p->x) * p->shrink, by = l->y2 - p->y;
    double dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    double t = length > 0 ? -(ax * dx + ay * dy) / length : 0;
    t = t < 0 ? 0 : t > 1 ? 1
                          : t;
    double nx = ax + t * dx, ny = ay + t * dy;
    return nx * nx + ny * ny <= p->degrees * p->degrees;
}

static bool set_has(const ShapeSet *set, unsigned char shape)
{
    return set->bits[shape / 64] >> shape % 64 & 1;
}

static void borders_near(const Shapes *s, const Around *p, ShapesFound *out)
{
    ShapeSet had = { { 1 } }; /* the sea needs no finding */
    for (size_t i = 0; i < out->n; i++) set_add(&had, out->shape[i]);
    double wide = p->degrees / p->shrink;
    int    top = row_of(p->y + p->degrees), bottom = row_of(p->y - p->degrees);
    int    left = (int)floor((p->x - wide + 180) * CELLS), right = (int)floor((p->x + wide + 180) * CELLS);
    if (right - left >= COLUMNS) right = left + COLUMNS - 1;
    for (int r = top; r <= bottom; r++)
        for (int c = left; c <= right; c++) {
            int    column = (c + COLUMNS) % COLUMNS, cell = r * COLUMNS + column;
            double turn = (c - column) / COLUMNS * 360.0;
            for (uint32_t i = s->first[cell]; i < s->first[cell + 1]; i++) {
                const Line *l = &s->lines[s->in_cell[i]];
                if (p->coasts && l->other) continue;
                /* Most lines are of a country that is found already. */
                if ((set_has(&had, l->one) && set_has(&had, l->other)) || !is_near(l, p, turn)) continue;
                add(out, l->one);
                add(out, l->other);
                set_add(&had, l->one);
                set_add(&had, l->other);
            }
        }
}

static double shrink_at(double latitude)
{
    /* At 89 degrees a cell is still four kilometres wide; nearer the pole nothing but Antarctica is. */
    return fmax(cos(latitude * M_PI / 180), 0.017);
}

bool shapes_reach(const Shapes *s, double latitude, double longitude, double degrees, const ShapeSet *any_of)
{
    if (!(fabs(latitude) <= 90 && fabs(longitude) <= 180)) return false;
    double wide = fmin(degrees / shrink_at(latitude), 179);
    int    left = (int)floor(longitude - wide) + 180, right = (int)floor(longitude + wide) + 180;
    int    top = (int)(90 - fmin(latitude + degrees, 90)), bottom = (int)(90 - fmax(latitude - degrees, -89.9));
    for (int r = top; r <= bottom; r++)
        for (int c = left; c <= right; c++) {
            const ShapeSet *set = &s->wide[r * 360 + (c + 360) % 360];
            for (int i = 0; i < 4; i++)
                if (set->bits[i] & any_of->bits[i]) return true;
        }
    return false;
}

bool shapes_box_near(const Shapes *s, unsigned char shape, double latitude, double longitude, double degrees)
{
    double wide = degrees / shrink_at(latitude);
    return longitude >= s->box[shape].west - wide && longitude <= s->box[shape].east + wide &&
           latitude >= s->box[shape].south - degrees && latitude <= s->box[shape].north + degrees;
}

void shapes_near(const Shapes *s, double latitude, double longitude, double degrees, ShapesFound *out)
{
    out->n = 0;
    if (!(fabs(latitude) <= 90 && fabs(longitude) <= 180)) return;
    containing(s, row_of(latitude) * COLUMNS + column_of(longitude), latitude, longitude, out);
    Around around = { longitude, latitude, shrink_at(latitude), fmin(degrees, 10), false };
    if (degrees > 0) borders_near(s, &around, out);
}

void shapes_coasts_near(const Shapes *s, double latitude, double longitude, double degrees, ShapesFound *out)
{
    out->n = 0;
    if (!(fabs(latitude) <= 90 && fabs(longitude) <= 180)) return;
    borders_near(s, &(Around){ longitude, latitude, shrink_at(latitude), fmin(degrees, 10), true }, out);
}
