// SPDX-License-Identifier: Apache-2.0
#include "control/files/file_walk.h"

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "control/files/file_intake.h"

namespace sekisho {

namespace {

constexpr std::chrono::milliseconds empty_turn_pause{20};

struct AttachedFiles {
  RingConsumer ring;
  std::shared_ptr<void> memory;
  bool retired = false;
  bool drained = false;
};

}  // namespace

class FileWalk::Impl {
 public:
  explicit Impl(std::unique_ptr<FileStore> store)
      : store_(std::move(store)), intake_(*store_), thread_([this] { run(); }) {}
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void attach(AttachedFiles files, std::vector<std::string> protocols) {
    const std::lock_guard lock(mutex_);
    arrived_.push_back({std::move(files), std::move(protocols)});
    changed_.notify_all();
  }
  void retire() {
    const std::lock_guard lock(mutex_);
    for (Arrived& arrived : arrived_) arrived.files.retired = true;
    retires_ = true;
  }
  FileStore& store() { return *store_; }

 private:
  struct Arrived {
    AttachedFiles files;
    std::vector<std::string> protocols;
  };

  // The lock is held to take over what others said, never over the disk: who attaches a ring walks the
  // alerts.
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      take_over();
      lock.unlock();
      size_t taken = 0;
      for (AttachedFiles& files : rings_) taken += turn(files);
      std::erase_if(rings_, [](const AttachedFiles& files) {
        return files.ring.broken() || (files.retired && files.drained);
      });
      lock.lock();
      if (taken == 0)
        changed_.wait_for(lock, empty_turn_pause, [this] { return stopping_ || !arrived_.empty(); });
    }
  }

  // With the lock.
  void take_over() {
    if (std::exchange(retires_, false))
      for (AttachedFiles& files : rings_) files.retired = true;
    for (Arrived& arrived : arrived_) {
      intake_.set_protocols(std::move(arrived.protocols));
      rings_.push_back(std::move(arrived.files));
    }
    arrived_.clear();
  }

  // Checks a copy: the data plane can still write where the ring is.
  size_t turn(AttachedFiles& files) {
    size_t taken = 0;
    for (; taken < file_records_batch_max; ++taken) {
      const auto bytes = files.ring.next_bytes();
      if (!bytes) break;
      copy_.resize(bytes->size() / sizeof(uint64_t));
      std::memcpy(copy_.data(), bytes->data(), bytes->size());
      if (const auto record =
              RecordView::check({reinterpret_cast<const uint8_t*>(copy_.data()), bytes->size()}))
        intake_.take(*record);
      else
        files.ring.reject();
    }
    files.drained = taken == 0;
    if (taken != 0) files.ring.commit();
    return taken;
  }

  std::unique_ptr<FileStore> store_;
  FileIntake intake_;
  std::vector<uint64_t> copy_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Arrived> arrived_;  // guarded, with the two below
  bool retires_ = false;          // what was attached before
  bool stopping_ = false;
  std::vector<AttachedFiles> rings_;  // the thread's, as all above mutex_
  std::thread thread_;                // last: runs as soon as it is made
};

FileWalk::FileWalk(std::unique_ptr<FileStore> store) : impl_(std::make_unique<Impl>(std::move(store))) {}
FileWalk::~FileWalk() = default;
void FileWalk::attach(RingConsumer ring, std::shared_ptr<void> memory, std::vector<std::string> protocols) {
  impl_->attach({std::move(ring), std::move(memory)}, std::move(protocols));
}
void FileWalk::retire() { impl_->retire(); }
FileStore& FileWalk::store() { return impl_->store(); }

}  // namespace sekisho
