# What the benchmarks of the store share.
add_library(bench_support STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/ingest_support.cc)
target_link_libraries(bench_support PUBLIC ledger)
add_executable(bench_growth EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_growth.cc)
target_link_libraries(bench_growth PRIVATE bench_support)
# With a whole node, as a program of its own.
set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/paths.cc PROPERTIES COMPILE_DEFINITIONS
  "REELPROOF_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";REELPROOF_BUILD_DIR=\"${CMAKE_BINARY_DIR}\"")
foreach(name restart api)
  add_executable(bench_${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_${name}.cc
                 ${CMAKE_SOURCE_DIR}/bench/bench_org.cc
                 ${CMAKE_SOURCE_DIR}/tests/node/cli_support.cc
                 ${CMAKE_SOURCE_DIR}/tests/node/node_process_support.cc
                 ${CMAKE_SOURCE_DIR}/tests/paths.cc)
  target_link_libraries(bench_${name} PRIVATE bench_support node_core)
  add_dependencies(bench_${name} reelproof)
endforeach()

# These need SQLite and libpq, the rivals they measure beside the store.
find_path(SQLITE3_HEADER sqlite3.h)
find_path(LIBPQ_HEADER libpq-fe.h PATH_SUFFIXES postgresql)
find_library(SQLITE3_LIBRARY sqlite3)
find_library(LIBPQ_LIBRARY pq)
if(SQLITE3_HEADER AND LIBPQ_HEADER AND SQLITE3_LIBRARY AND LIBPQ_LIBRARY)
  add_library(bench_postgres STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/postgres.cc)
  target_include_directories(bench_postgres PUBLIC ${LIBPQ_HEADER})
  target_link_libraries(bench_postgres PUBLIC bench_support ${LIBPQ_LIBRARY})
  foreach(name ingest envelopes)
    add_executable(bench_${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_${name}.cc
                   ${CMAKE_SOURCE_DIR}/bench/ingest_rivals.cc)
    target_link_libraries(bench_${name} PRIVATE bench_postgres ${SQLITE3_LIBRARY})
  endforeach()
  add_executable(bench_check EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/bench_check.cc
                 ${CMAKE_SOURCE_DIR}/bench/check_store.cc ${CMAKE_SOURCE_DIR}/bench/check_rivals.cc)
  target_link_libraries(bench_check PRIVATE bench_postgres)
endif()
