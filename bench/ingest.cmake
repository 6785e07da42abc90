# Needs SQLite and libpq, the rivals it measures beside the store.
find_path(SQLITE3_HEADER sqlite3.h)
find_path(LIBPQ_HEADER libpq-fe.h PATH_SUFFIXES postgresql)
find_library(SQLITE3_LIBRARY sqlite3)
find_library(LIBPQ_LIBRARY pq)
if(SQLITE3_HEADER AND LIBPQ_HEADER AND SQLITE3_LIBRARY AND LIBPQ_LIBRARY)
  add_executable(bench_ingest EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_ingest.cc
                 ${CMAKE_SOURCE_DIR}/bench/ingest_rivals.cc)
  target_include_directories(bench_ingest PRIVATE ${LIBPQ_HEADER})
  target_link_libraries(bench_ingest PRIVATE ledger ${SQLITE3_LIBRARY} ${LIBPQ_LIBRARY})
endif()
