// Takes from this process what its work does not need: files, network, other programs and
// processes, descriptors, capabilities, memory without end. A new process that opens what a
// stranger made is confined here, by what it may do (CallFilter, FileRules), never by what it may
// not. Thread safety: call one of them, once, before any other thread exists.
#pragma once

#include <string>

namespace reelproof::vision {

// Of these each gives "" when all of it is in force, else what could not be done.

// A reader: after it the process can compute, read standard input and write standard output, and no
// more.
std::string confine_reader();

// For a library that will open a film, or numbered pictures in a folder, `path`: it reads that and
// the system's libraries, and starts threads. Where files_are_ruled() does not hold it can read
// other files too.
std::string confine_film(const std::string& path);

// For a library that has opened a video device, which is what it has. As above.
std::string confine_video_device();

// For a program of others, which this process is about to become: it reads the system's libraries
// and fonts and what it was given open, writes into that, and starts neither process nor thread.
// Needs Landlock.
std::string confine_tool(const std::string& program);

// Whether this kernel has Landlock. Asked before confinement: thereafter it says no.
bool files_are_ruled();

// Part of each of them, apart for its test: no capability, none to be had from a program, and the
// end with its parent's.
std::string give_up_privileges();

}  // namespace reelproof::vision
