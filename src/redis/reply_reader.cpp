#include "redis/reply_reader.hpp"

#include <cstdint>
#include <hiredis/read.h>
#include <new>

namespace cresset::redis {
namespace {

constexpr std::size_t nowhere = SIZE_MAX;

// Memory of an exceptional reply is given back.
constexpr std::size_t kept_bytes_max = 1024 * 1024;

reply_kind kind_of(int type) noexcept
{
    switch (type) {
    case REDIS_REPLY_STRING:
        return reply_kind::string;
    case REDIS_REPLY_ARRAY:
        return reply_kind::array;
    case REDIS_REPLY_INTEGER:
        return reply_kind::integer;
    case REDIS_REPLY_STATUS:
        return reply_kind::status;
    case REDIS_REPLY_ERROR:
        return reply_kind::error;
    default:
        return reply_kind::nil;
    }
}

} // namespace

// hiredis builds a reply by these, and keeps what they return as the parent of what follows. That
// is a node's place plus one here, as a pointer that nobody follows. nullptr ends the reading.
struct reply_reader::builder
{
    static reply_reader& owner(const redisReadTask* task)
    {
        return *static_cast<reply_reader*>(task->privdata);
    }

    static void* handle_of(std::size_t place) noexcept
    {
        return reinterpret_cast<void*>(place + 1);
    }

    static std::size_t place_of(const void* handle) noexcept
    {
        return reinterpret_cast<std::size_t>(handle) - 1;
    }

    // Where the task's value goes; nowhere if there are too many.
    static std::size_t place(const redisReadTask* task)
    {
        auto& nodes = owner(task).nodes_;
        if (task->parent)
            return nodes[place_of(task->parent->obj)].begin + static_cast<std::size_t>(task->idx);
        nodes.resize(1);
        auto& texts = owner(task).texts_;
        if (texts.capacity() > kept_bytes_max)
            texts = {};
        texts.clear();
        return 0;
    }

    template <typename Fill>
    static void* put(const redisReadTask* task, Fill fill) noexcept
    {
        try {
            const std::size_t at = place(task);
            owner(task).nodes_[at] = node{.kind = kind_of(task->type)};
            return fill(owner(task), at) ? handle_of(at) : nullptr;
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    static void* string(const redisReadTask* task, char* text, std::size_t size)
    {
        return put(task, [&](reply_reader& o, std::size_t at) {
            o.nodes_[at].begin = o.texts_.size();
            o.nodes_[at].size = size;
            o.texts_.append(text, size);
            return true;
        });
    }

    // An int in hiredis 0.14, a size_t in 1.
    template <typename Count>
    static void* array(const redisReadTask* task, Count elements)
    {
        return put(task, [&](reply_reader& o, std::size_t at) {
            const auto count = static_cast<std::size_t>(elements);
            const std::size_t first = o.nodes_.size();
            if (count > nodes_max - first)
                return false;
            o.nodes_[at].begin = first;
            o.nodes_[at].integer = static_cast<std::int64_t>(count);
            o.nodes_.resize(first + count);
            return true;
        });
    }

    static void* integer(const redisReadTask* task, long long value)
    {
        return put(task, [&](reply_reader& o, std::size_t at) {
            o.nodes_[at].integer = value;
            return true;
        });
    }

    static void* nil(const redisReadTask* task)
    {
        return put(task, [](reply_reader&, std::size_t) { return true; });
    }

    static void free(void*) {}

    // hiredis wants it changeable, and changes nothing.
    static redisReplyObjectFunctions* functions()
    {
        static redisReplyObjectFunctions all = [] {
            redisReplyObjectFunctions f{};
            f.createString = string;
            f.createArray = array;
            f.createInteger = integer;
            f.createNil = nil;
            f.freeObject = free;
            return f;
        }();
        return &all;
    }
};

reply_kind reply::kind() const noexcept
{
    return at_ == nowhere ? reply_kind::nil : from_->nodes_[at_].kind;
}

std::string_view reply::text() const noexcept
{
    if (at_ == nowhere)
        return {};
    const auto& n = from_->nodes_[at_];
    return std::string_view(from_->texts_).substr(n.size == 0 ? 0 : n.begin, n.size);
}

std::int64_t reply::integer() const noexcept
{
    return kind() == reply_kind::integer ? from_->nodes_[at_].integer : 0;
}

std::size_t reply::size() const noexcept
{
    return kind() == reply_kind::array ? static_cast<std::size_t>(from_->nodes_[at_].integer) : 0;
}

reply reply::operator[](std::size_t i) const noexcept
{
    return {*from_, i < size() ? from_->nodes_[at_].begin + i : nowhere};
}

reply_reader::reply_reader(std::size_t reply_bytes_max)
    : reply_bytes_max_(reply_bytes_max),
      reader_(redisReaderCreateWithFunctions(builder::functions()), redisReaderFree),
      nodes_(1)
{
    if (!reader_)
        throw std::bad_alloc();
    reader_->privdata = this;
}

reply_reader::~reply_reader() = default;

bool reply_reader::feed(std::string_view bytes)
{
    if (failed())
        return false;
    if (reader_->len - reader_->pos + texts_.size() > reply_bytes_max_)
        error_ = "a reply of over " + std::to_string(reply_bytes_max_) + " bytes";
    else if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
        error_ = reader_->errstr;
    return !failed();
}

bool reply_reader::next()
{
    void* whole = nullptr;
    if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK)
        error_ = reader_->errstr[0] != '\0' ? reader_->errstr : "no reply of Redis";
    return !failed() && whole != nullptr;
}

} // namespace cresset::redis
