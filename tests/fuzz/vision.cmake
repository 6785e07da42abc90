reelproof_fuzz(label_text vision_grammar)
reelproof_fuzz(label_profile vision_grammar)
reelproof_fuzz(scanner vision_grammar)
reelproof_fuzz(reader vision_grammar vision_opencv Boost::json)
target_sources(fuzz_reader PRIVATE ${CMAKE_SOURCE_DIR}/vision/reader/wire.cc
                                   ${CMAKE_SOURCE_DIR}/vision/label/picture.cc)
