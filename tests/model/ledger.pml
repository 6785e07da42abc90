/*
 * One log, the two mirrors that copy it, crashes at every step, and an operator who restores old
 * backups. docs/MODEL.md tells what is claimed and how to run this; tests/model/ runs it.
 *
 * Spin looks at every order of the steps below. Each `atomic` is one step: what a node does between
 * two moments at which it can die or another can look. Compiled with
 *   EVIL          the log signs and serves whatever it likes, to each mirror anew
 *   REPLAY        steps happen only as recorded in trace.pml, which comes from a run of the nodes
 *   one mistake   (see "Mistakes"): Spin must find what it breaks
 */

#ifndef STATEMENTS
#ifdef REPLAY
#define STATEMENTS 6
#else
#define STATEMENTS 2 /* that clients submit, besides entry 0; at most 6 */
#endif
#endif

#ifndef MIRRORS
#define MIRRORS 2 /* or 1 */
#endif

#ifdef ONE_RESTORE
#define MAY_RESTORE !restored
#else
#define MAY_RESTORE true
#endif

/* A tree is a number: four bits for each entry, the first lowest. Entries are 1 to 15, so its size
   follows, and two trees have one number when they have one root: hashes don't collide here. */
#if STATEMENTS > 3
#define SIZE(t)                                                                                  \
    (((t) > 0) + ((t) > 15) + ((t) > 255) + ((t) > 4095) + ((t) > 65535) + ((t) > 1048575) +     \
     ((t) > 16777215))
#define HAS(t, e)                                                                                \
    (ENTRY(t, 0) == e || ENTRY(t, 1) == e || ENTRY(t, 2) == e || ENTRY(t, 3) == e ||             \
     ENTRY(t, 4) == e || ENTRY(t, 5) == e || ENTRY(t, 6) == e)
#else
#define SIZE(t) (((t) > 0) + ((t) > 15) + ((t) > 255) + ((t) > 4095))
#define HAS(t, e) (ENTRY(t, 0) == e || ENTRY(t, 1) == e || ENTRY(t, 2) == e || ENTRY(t, 3) == e)
#endif
#define MASK(n) ((1 << (4 * (n))) - 1)
#define PREFIX(t, n) ((t) & MASK(n))
#define ENTRY(t, i) (((t) >> (4 * (i))) & 15)
#define APPEND(t, e) ((t) | ((e) << (4 * SIZE(t))))
#define EXTENDS(t, start) (PREFIX(t, SIZE(start)) == (start))
#define CONTRADICT(a, b) (!EXTENDS(a, b) && !EXTENDS(b, a))
#define GENESIS 1 /* entry 0, there from the beginning */

/* Mistakes: the order of a round's four steps, and checks that are left out. */
#if defined(ANSWER_BEFORE_COMMIT)
#define ANSWERS 0
#define COMMITS 1
#define ANCHORS 2
#define PUBLISHES 3
#elif defined(PUBLISH_BEFORE_COMMIT)
#define PUBLISHES 0
#define COMMITS 1
#define ANCHORS 2
#define ANSWERS 3
#elif defined(ANCHOR_BEFORE_COMMIT)
#define ANCHORS 0
#define COMMITS 1
#define PUBLISHES 2
#define ANSWERS 3
#elif defined(ANCHOR_AFTER_PUBLISH)
#define COMMITS 0
#define PUBLISHES 1
#define ANCHORS 2
#define ANSWERS 3
#elif defined(ANCHOR_AFTER_ANSWER)
#define COMMITS 0
#define PUBLISHES 1
#define ANSWERS 2
#define ANCHORS 3
#else
#define COMMITS 0
#define ANCHORS 1
#define PUBLISHES 2
#define ANSWERS 3
#endif

#ifdef NO_ANCHOR_CHECK
#define BEHIND_ANCHOR false
#else
#define BEHIND_ANCHOR (!EXTENDS(store, anchor))
#endif

/* Of the mirrors that answer at this start, one serves what our store does not have. */
#define A_MIRROR_KNOWS_MORE                                                                      \
    (((answering & 1) && !EXTENDS(store, cosigned[0])) ||                                        \
     ((answering & 2) && !EXTENDS(store, cosigned[1])))
#ifdef NO_ASKING
#define MIRRORS_OBJECT false
#else
#define MIRRORS_OBJECT A_MIRROR_KNOWS_MORE
#endif

#ifdef NO_COMPARING
#define KEEPS_TO_ITS_COPY false
#else
#define KEEPS_TO_ITS_COPY true
#endif
#ifdef GROWTH_IS_A_FORK
#define A_FORK(copy, served) (!EXTENDS(copy, served))
#else
#define A_FORK(copy, served) (SIZE(served) <= SIZE(copy) && !EXTENDS(copy, served))
#endif
#ifdef NO_ROOT_CHECK
#define CHECKS_THE_ROOT false
#else
#define CHECKS_THE_ROOT true
#endif
#ifdef COSIGN_BEFORE_PERSIST
#define TO_COSIGN (target[m] -> target[m] : visible[m])
#else
#define TO_COSIGN visible[m]
#endif
#ifdef EXCHANGE_OF_EQUAL_SIZES
#define COMPARABLE (SIZE(cosigned[0]) == SIZE(cosigned[1]))
#else
#define COMPARABLE true
#endif
#ifdef EVIL
#define THE_LOG_LIED true
#else
#define THE_LOG_LIED rewritten
#endif

#include "steps.h"

#ifdef REPLAY
#include "trace.pml"
byte at; /* the next step of the trace */
/* A step that the trace names, by the statement or mirror and the size that it must have. */
#define IS(step, who, size) (at < LENGTH && recorded[at] == (step)*256 + (who)*16 + (size))
#define SEEN at++
#else
#define IS(step, who, size) true
#define SEEN skip
#endif

/* Never true: they give the assertions their names in what Spin prints. */
bool acknowledged_entry_lost, two_roots_signed, crash_alone_refused, cosigned_unserved,
    fork_without_evidence, false_alarm;

/* The log's disk. */
int store = GENESIS; /* entries, tiles, head and checkpoint: one transaction */
int anchor = GENESIS;
/* Its memory. */
bool up;
int pool;                  /* a queue in the form of a tree */
int batch;                 /* the tree that the round makes */
int repeats;               /* statements asked for again, one bit each */
byte step, answered;       /* of the round: steps done, entries answered */
int head;                  /* what it serves */
bool signs_no_more;        /* a mirror showed it what it has lost */
/* What its operator keeps. */
int saved = GENESIS;

/* The mirrors' disks. */
int stored[2];   /* the entries, with parts that no verified root covers yet */
int visible[2];  /* the head */
int cosigned[2]; /* and served as the mirror's checkpoint */
bool frozen[2];  /* with the evidence beside it */
/* Their memory. */
int target[2], fetched[2];

/* What only the properties look at. */
int promised = GENESIS; /* the tree of the newest answer */
int shown = GENESIS;    /* the newest checkpoint that left the log */
bool restored, set_back, rewritten, forked;

inline leaves(tree) {
    assert(two_roots_signed || EXTENDS(tree, shown));
    shown = tree;
    head = tree
}

inline forget(m) {
    target[m] = 0;
    fetched[m] = 0
}

/* A mirror that did not answer at the start is asked later. What it serves has our signature, and
   our store does not have it: nothing is signed any more, and the next start knows. */
#define HEARS_OF_ITS_PAST(m)                                                                     \
    (up && !signs_no_more && step == 0 && batch == store && !EXTENDS(store, cosigned[m]) &&      \
     IS(ANCHOR, 0, SIZE(cosigned[m])))
inline stop_signing(m) {
    anchor = cosigned[m];
    signs_no_more = true;
    SEEN
}

inline freeze(m) {
    assert(false_alarm || THE_LOG_LIED);
    frozen[m] = true;
    forget(m);
    SEEN
}

#ifndef EVIL

proctype Client(byte statement) {
end:
    do
    /* Again too, when the answer was lost with the life of the log that it was asked of. */
    :: atomic {
           up && IS(SUBMIT, statement, 0) && !HAS(promised, statement) && !HAS(pool, statement) &&
               !HAS(batch >> (4 * SIZE(head)), statement) && !(repeats >> statement & 1) ->
           if
           :: HAS(store, statement) -> repeats = repeats | 1 << statement
           :: else -> pool = APPEND(pool, statement)
           fi;
           SEEN
       }
    :: atomic {
           up && (repeats >> statement & 1) && HAS(head, statement) && IS(ANSWER, statement, 0) ->
           repeats = repeats & ~(1 << statement);
           promised = head;
           SEEN
       }
    od
}

proctype Log() {
    byte answering;
end:
    do
    :: atomic {
           up && !signs_no_more && step == 0 && pool ->
           batch = APPEND(batch, pool & 15);
           pool = pool >> 4
       }
    :: atomic {
           up && step == COMMITS && batch != store && IS(COMMIT, 0, SIZE(batch)) ->
           store = batch;
           step++;
           SEEN
       }
    :: atomic {
           up && step == ANCHORS && (step || batch != store) && IS(ANCHOR, 0, SIZE(batch)) ->
           anchor = batch;
           step = (step + 1) % 4;
           SEEN
       }
    :: atomic {
           up && step == PUBLISHES && (step || batch != store) && IS(PUBLISH, 0, SIZE(batch)) ->
           leaves(batch);
           step = (step + 1) % 4;
           SEEN
       }
    :: atomic {
           up && step == ANSWERS && (step || batch != store) &&
               IS(ANSWER, ENTRY(batch, answered), SIZE(batch)) ->
           promised = batch;
           answered++;
           if
           :: answered == SIZE(batch) -> step = (step + 1) % 4
           :: else
           fi;
           SEEN
       }
    :: atomic { HEARS_OF_ITS_PAST(0) -> stop_signing(0) }
    :: atomic { HEARS_OF_ITS_PAST(1) -> stop_signing(1) }
    :: atomic {
           up && IS(CRASH, 0, 0) ->
           up = false;
           signs_no_more = false;
           pool = 0; repeats = 0; batch = 0; step = 0; answered = 0; head = 0;
           SEEN
       }
    /* A start that refuses changes nothing: it may be tried again, when other mirrors answer. */
    :: atomic {
           !up ->
           select(answering : 0 .. (1 << MIRRORS) - 1);
           if
           :: (BEHIND_ANCHOR || MIRRORS_OBJECT) && IS(REFUSE, 0, 0) ->
               assert(crash_alone_refused || restored);
               SEEN
           :: !(BEHIND_ANCHOR || MIRRORS_OBJECT) && IS(START, 0, SIZE(store)) ->
               /* The one excuse: the anchor was set back with the store, and of the mirrors that
                  answer none serves more. Nobody can know then what was lost. */
               if
               :: set_back && !A_MIRROR_KNOWS_MORE &&
                      !(EXTENDS(store, promised) && EXTENDS(store, shown)) ->
                   promised = store;
                   shown = store;
                   rewritten = true
               :: else
               fi;
               set_back = false;
               assert(acknowledged_entry_lost || EXTENDS(store, promised));
               anchor = store;
               leaves(store);
               batch = store;
               answered = SIZE(store);
               up = true;
               SEEN
           :: else
           fi;
           answering = 0
       }
    od
}

proctype Operator() {
end:
    do
    :: atomic { IS(BACKUP, 0, SIZE(store)) -> saved = store; SEEN }
    :: atomic {
           !up && MAY_RESTORE && IS(RESTORE_STORE, 0, SIZE(saved)) ->
           store = saved;
           restored = true;
           SEEN
       }
    :: atomic {
           !up && MAY_RESTORE && IS(RESTORE_BOTH, 0, SIZE(saved)) ->
           store = saved;
           anchor = saved;
           restored = true;
           set_back = true;
           SEEN
       }
    od
}

#endif

/* The log's checkpoint comes to mirror m. */
inline compare_and_begin(m, served) {
    if
    :: !KEEPS_TO_ITS_COPY ->
        target[m] = served;
        fetched[m] = 0
    :: KEEPS_TO_ITS_COPY && A_FORK(visible[m], served) && IS(FREEZE, m, SIZE(visible[m])) ->
        freeze(m)
    :: KEEPS_TO_ITS_COPY && SIZE(served) > SIZE(visible[m]) && SIZE(served) >= SIZE(stored[m]) ->
        target[m] = served;
        fetched[m] = stored[m]
    :: else
    fi
}

proctype Mirror(byte m) {
    int served;
end:
    do
#ifdef EVIL
    :: atomic {
           !frozen[m] && !target[m] ->
           do
           :: SIZE(served) <= STATEMENTS -> served = APPEND(served, 1)
           :: SIZE(served) <= STATEMENTS -> served = APPEND(served, 2)
           :: served -> break
           od;
           compare_and_begin(m, served);
           served = 0
       }
    :: atomic {
           SIZE(fetched[m]) < SIZE(target[m]) ->
           if
           :: fetched[m] = APPEND(fetched[m], 1)
           :: fetched[m] = APPEND(fetched[m], 2)
           fi
       }
#else
    :: atomic { up && !frozen[m] && !target[m] -> compare_and_begin(m, head) }
    /* Its own entries and the log's newer ones. */
    :: atomic {
           up && SIZE(fetched[m]) < SIZE(target[m]) && SIZE(target[m]) <= SIZE(head) ->
           fetched[m] = stored[m] | (PREFIX(head, SIZE(target[m])) & ~MASK(SIZE(stored[m])))
       }
#endif
    /* A part of a long catch-up is stored; nobody is shown it yet. */
    :: atomic {
           SIZE(fetched[m]) < SIZE(target[m]) && fetched[m] != stored[m] ->
           stored[m] = fetched[m]
       }
    /* All there, and it hashes up: entries and head in one transaction. */
    :: atomic {
           target[m] && SIZE(fetched[m]) == SIZE(target[m]) &&
               (fetched[m] == target[m] || !CHECKS_THE_ROOT) &&
               IS(PERSIST, m, SIZE(target[m])) ->
           stored[m] = fetched[m];
           visible[m] = target[m];
           forget(m);
           SEEN
       }
    /* It does not: parts that were not shown are dropped. */
    :: atomic {
           target[m] && SIZE(fetched[m]) == SIZE(target[m]) && fetched[m] != target[m] ->
           stored[m] = visible[m];
           forget(m)
       }
    /* Nor are parts kept that what comes next does not fit: a right that a statement has not, on top
       of what somebody else had brought. They go from the end, and we may die on the way. */
    :: atomic {
           SIZE(stored[m]) > SIZE(visible[m]) ->
           stored[m] = PREFIX(stored[m], SIZE(stored[m]) - 1);
           forget(m)
       }
    /* And where the log's own tiles lead to that root, it signed two histories. */
    :: atomic {
           target[m] && SIZE(fetched[m]) == SIZE(target[m]) && fetched[m] != target[m] &&
               !EXTENDS(target[m], visible[m]) && IS(FREEZE, m, SIZE(visible[m])) ->
           stored[m] = visible[m];
           freeze(m)
       }
    :: atomic {
           !frozen[m] && TO_COSIGN != cosigned[m] && IS(COSIGN, m, SIZE(TO_COSIGN)) ->
           cosigned[m] = TO_COSIGN;
           assert(cosigned_unserved || EXTENDS(stored[m], cosigned[m]));
           if
           :: CONTRADICT(cosigned[m], cosigned[1 - m]) -> forked = true
           :: else
           fi;
           SEEN
       }
    /* Evidence that the other mirror published. */
    :: atomic {
           frozen[1 - m] && !frozen[m] && IS(FREEZE, m, SIZE(visible[m])) ->
           freeze(m)
       }
#ifndef REPLAY
    /* The two mirrors compare what they have cosigned. */
    :: atomic {
           m == 0 ->
           if
           :: CONTRADICT(cosigned[0], cosigned[1]) && COMPARABLE && !frozen[0] -> freeze(0)
           :: else
           fi;
           assert(fork_without_evidence || !forked || frozen[0] || frozen[1])
       }
#endif
    /* What is on its disk must serve what it cosigned, also after it died. */
    :: atomic {
           IS(MIRROR_CRASH, m, 0) ->
           assert(cosigned_unserved || EXTENDS(stored[m], cosigned[m]));
           forget(m);
           SEEN
       }
    od
}

#ifdef REPLAY
bool replayed;
active proctype Replayed() {
end:
    at == LENGTH -> assert(replayed)
}
#endif

init {
    atomic {
#ifndef EVIL
        byte statement;
        for (statement : 2 .. STATEMENTS + 1) {
            run Client(statement)
        }
        run Log();
        run Operator();
#endif
        run Mirror(0);
#if MIRRORS == 2
        run Mirror(1)
#endif
    }
}
