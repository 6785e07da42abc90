// The steps that a trace names. Read by Spin's preprocessor and by C++: the one place where the
// model and the recorder of real runs agree. Who: a statement (2 to 7) or a mirror (0 or 1).
#pragma once

#define SUBMIT 1          // of a statement; size 0
#define COMMIT 2          // the log's transaction is durable
#define ANCHOR 3          // so is its anchor
#define PUBLISH 4         // others may see the head from now on
#define ANSWER 5          // of a statement; size 0 when it was there already
#define CRASH 6           // of the log; size 0
#define START 7           // of the log
#define REFUSE 8          // it did not start; size 0
#define BACKUP 9          // of the log's store
#define RESTORE_STORE 10  // without the anchor
#define RESTORE_BOTH 11
#define PERSIST 12  // a mirror's entries and head are durable
#define COSIGN 13
#define FREEZE 14        // a mirror keeps evidence; the size is that of its copy
#define MIRROR_CRASH 15  // size 0
