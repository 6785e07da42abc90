// Memory for JSON documents that hold secrets (labels, item keys): wiped when it is given back.
// Thread-safe.
#pragma once

#include <new>

#include <boost/json/memory_resource.hpp>

#include "ledger/base/secret.h"

namespace reelproof::ledger {

class WipingMemory final : public boost::json::memory_resource {
  public:
    // For json::storage_ptr; lives as long as the program.
    static WipingMemory* get() {
        static WipingMemory memory;
        return &memory;
    }

  private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        return ::operator new(size, std::align_val_t(alignment));
    }
    void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
        wipe(memory, size);
        ::operator delete(memory, std::align_val_t(alignment));
    }
    bool do_is_equal(const boost::json::memory_resource& other) const noexcept override {
        return this == &other;
    }
};

}  // namespace reelproof::ledger
