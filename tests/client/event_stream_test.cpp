#include "cartwheel/client/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace cartwheel::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What a stream gives, as `id|type|data`, fed in pieces of `piece_bytes`.
std::vector<std::string> events_of(std::string_view text, std::size_t piece_bytes = 1'000) {
    std::vector<std::string> events;
    const EventStream* stream = nullptr;
    EventStream made(
        [&](const Event& event) {
            events.push_back(stream->last_id() + '|' + event.type + '|' + event.data);
            return Result<void>{};
        },
        [&](std::string_view comment) { events.push_back("#" + std::string(comment)); });
    stream = &made;
    for (; !text.empty(); text.remove_prefix(std::min(piece_bytes, text.size())))
        if (!made.feed(text.substr(0, piece_bytes))) ADD_FAILURE();
    return events;
}

TEST(EventStream, GivesEventsWithIdTypeAndData) {
    EXPECT_THAT(events_of("id: 7\nevent: insert\ndata: {}\n\nid:8\ndata:x\n\n"), ElementsAre("7|insert|{}", "8|message|x"));
}

TEST(EventStream, TakesItInPiecesOfAnySizeAndLineEndsOfAnyKind) {
    for (const std::string_view text : {"id: 7\nevent: a\ndata: 1\ndata: 2\n\n: hi\n\ndata: 3\n\n",
                                        "id: 7\r\nevent: a\r\ndata: 1\r\ndata: 2\r\n\r\n: hi\r\n\r\ndata: 3\r\n\r\n",
                                        "id: 7\revent: a\rdata: 1\rdata: 2\r\r: hi\r\rdata: 3\r\r"})
        for (std::size_t piece = 1; piece <= text.size(); ++piece)
            EXPECT_THAT(events_of(text, piece), ElementsAre("7|a|1\n2", "#hi", "7|message|3")) << piece;
}

TEST(EventStream, AnIdAloneIsNoEventAndYetCounts) {
    EXPECT_THAT(events_of("id: 7\n\nretry: 1000\n\ndata: x\n\n"), ElementsAre("7|message|x"));
    EXPECT_THAT(events_of("data: x\n\nid: 7\n"), ElementsAre("|message|x")) << "not before the blank line";
}

TEST(EventStream, WhatIsHalfThereIsNoEvent) { EXPECT_THAT(events_of("id: 7\ndata: x\n"), IsEmpty()); }

TEST(EventStream, ANewConnectionBeginsBehindTheLastWholeEvent) {
    std::vector<std::string> data;
    EventStream stream([&](const Event& event) {
        data.push_back(event.data);
        return Result<void>{};
    });
    ASSERT_TRUE(stream.feed("id: 7\ndata: a\n\nid: 8\ndata: b"));
    stream.begin_again();
    EXPECT_EQ(stream.last_id(), "7");
    ASSERT_TRUE(stream.feed("data: c\n\n"));
    EXPECT_EQ(stream.last_id(), "7");
    EXPECT_THAT(data, ElementsAre("a", "c"));
}

TEST(EventStream, AnErrorOfWhoTakesThemEndsIt) {
    EventStream stream([](const Event&) { return Result<void>(fail(Error::unavailable("enough"))); });
    EXPECT_FALSE(stream.feed("data: a\n\n"));
}

}  // namespace
}  // namespace cartwheel::client
