#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::simulation {

// Something that a client has to get, or may get where two things happened at once.
struct owed
{
    std::uint64_t n; // counts up in the order of sending
    std::string sender;
    bool must;
    std::string text;        // the event as it is to come; see ledger::own_text
    std::string place;       // whom it was sent to, as `gap` says it: "room r1", "user", "client"
    std::string replace_key; // of keep_latest: gives way to the next one of the same key
};

// What one client is owed, has got and has lost. Each message is taken once, and those of one
// sender in order; what is missing in the end must have had a reason, and be told by `gap`.
class ledger
{
public:
    // What may wait for the client before something can be lost.
    ledger(std::string who, std::size_t queue_bytes_max)
        : who_(std::move(who)), queue_bytes_max_(queue_bytes_max)
    {}

    // How the server's own messages are known: the whole text, or the event if the rest varies.
    static std::string own_text(const std::string& text);
    static constexpr std::string_view server = "server";

    void owe(owed o);
    void take(const std::string& text);

    // So much waits for all clients that something can be lost.
    void allow_losses() noexcept { overflow_ = true; }
    bool may_have_lost() const noexcept { return overflow_; }

    // All that could come has come: the rest is missing.
    void balance();

    // The connection is over: the rest was not read, or not sent.
    void close();

    // At most, in the frames that have not come.
    std::size_t outstanding_bytes() const noexcept { return outstanding_bytes_; }

    struct sum
    {
        std::uint64_t must = 0;
        std::uint64_t may = 0;

        void add(bool is_must, std::uint64_t count = 1) { (is_must ? must : may) += count; }
        sum& operator+=(const sum& other)
        {
            must += other.must;
            may += other.may;
            return *this;
        }
    };
    const sum& all() const noexcept { return all_; }         // ever owed, and `gap`s
    const sum& missing() const noexcept { return missing_; } // lost while it was there
    const sum& unread() const noexcept { return unread_; }   // when it went
    std::uint64_t gaps() const noexcept { return gaps_; }
    std::uint64_t taken() const noexcept { return taken_; }
    const std::string& connected_text() const noexcept { return connected_text_; }

    // It has asked for `gap`, and got it.
    void expect_gaps();

private:
    void take_numbered(std::uint64_t n, const std::string& text);
    void take_own(const std::string& text);
    void take_gap(const std::string& text);
    void remove(std::vector<owed>::iterator at);
    void check_latest() const;
    void check_gaps() const;

    // Messages of which a newer one replaces an older one.
    struct replacing
    {
        std::size_t count = 0;
        std::uint64_t newest_owed = 0; // of those that must come
        std::uint64_t newest_taken = 0;
        std::set<std::string> senders;
    };

    std::string who_;
    std::size_t queue_bytes_max_;
    std::vector<owed> owed_;
    std::size_t outstanding_bytes_ = 0;
    bool overflow_ = false;
    std::map<std::string, replacing> keys_;     // since the last balance
    std::map<std::string, std::uint64_t> last_; // of each sender
    sum all_;
    sum missing_;
    sum unread_;
    std::map<std::string, sum> missing_at_; // by place
    std::map<std::string, std::uint64_t> told_at_;
    std::uint64_t told_ = 0;
    std::uint64_t gaps_ = 0;
    std::uint64_t taken_ = 0;
    bool wants_gaps_ = false;
    bool checks_gaps_ = false;
    bool gaps_begin_ = false;    // in this batch
    std::string connected_text_; // empty before it is
};

// The number in {"event":...,"data":{"n":17,...}} or {"n":17,...}; 0 if there is none.
std::uint64_t number_in(std::string_view text);

} // namespace cresset::simulation
