reelproof_fuzz(label_text vision_grammar)
reelproof_fuzz(label_profile vision_grammar)
reelproof_fuzz(scanner vision_grammar)
reelproof_fuzz(reader vision_grammar vision_opencv Boost::json)
target_sources(fuzz_reader PRIVATE ${CMAKE_SOURCE_DIR}/vision/reader/wire.cc
                                   ${CMAKE_SOURCE_DIR}/vision/reader/wire_json.cc
                                   ${CMAKE_SOURCE_DIR}/vision/label/picture.cc)
reelproof_fuzz(micropdf417)
target_sources(fuzz_micropdf417 PRIVATE
  ${CMAKE_SOURCE_DIR}/vision/label/pdf417_patterns.cc
  ${CMAKE_SOURCE_DIR}/vision/label/pdf417_codewords.cc
  ${CMAKE_SOURCE_DIR}/vision/label/micropdf417_rows.cc)
reelproof_fuzz(text_print vision_grammar Boost::json)
target_sources(fuzz_text_print PRIVATE ${CMAKE_SOURCE_DIR}/vision/reader/text_wire.cc
                                       ${CMAKE_SOURCE_DIR}/vision/reader/wire_json.cc
                                       ${CMAKE_SOURCE_DIR}/vision/reader/wire.cc)
reelproof_fuzz(marking vision_marking vision_opencv Boost::json)
target_sources(fuzz_marking PRIVATE ${CMAKE_SOURCE_DIR}/vision/reader/marking_wire.cc
                                    ${CMAKE_SOURCE_DIR}/vision/reader/marking_read_wire.cc
                                    ${CMAKE_SOURCE_DIR}/vision/reader/wire_json.cc
                                    ${CMAKE_SOURCE_DIR}/vision/reader/wire.cc)
reelproof_fuzz(marking_rule vision_grammar)
reelproof_fuzz(surface vision_grammar Boost::json)
target_sources(fuzz_surface PRIVATE ${CMAKE_SOURCE_DIR}/vision/reader/study_wire.cc
                                    ${CMAKE_SOURCE_DIR}/vision/reader/studied_part_wire.cc
                                    ${CMAKE_SOURCE_DIR}/vision/reader/marking_wire.cc
                                    ${CMAKE_SOURCE_DIR}/vision/reader/wire_json.cc
                                    ${CMAKE_SOURCE_DIR}/vision/reader/wire.cc)
reelproof_fuzz(sheet vision_confine vision_grammar EXPAT::EXPAT ZLIB::ZLIB)
target_sources(fuzz_sheet PRIVATE ${CMAKE_SOURCE_DIR}/vision/sheets/zip_archive.cc
                                  ${CMAKE_SOURCE_DIR}/vision/sheets/xml_events.cc
                                  ${CMAKE_SOURCE_DIR}/vision/sheets/xlsx.cc
                                  ${CMAKE_SOURCE_DIR}/vision/sheets/sheet_reader.cc
                                  ${CMAKE_SOURCE_DIR}/vision/pages/gerber_layers.cc
                                  ${CMAKE_SOURCE_DIR}/vision/pages/child_output.cc
                                  ${CMAKE_SOURCE_DIR}/vision/pages/confined_tool.cc)
find_package(EXPAT REQUIRED)
find_package(ZLIB REQUIRED)
