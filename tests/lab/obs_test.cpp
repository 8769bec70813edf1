// OBS in a host of the lab that comes with the program, on a screen that nobody sees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/lab/running_lab.hpp"

namespace labnet::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ObsInLab : public LabTest {
 protected:
  ObsInLab() { use_shipped_lab(); }
  void SetUp() override {
    if (run({"sh", "-c", "command -v obs && command -v Xvfb"}).exit_code != 0) {
      GTEST_SKIP() << "needs obs-studio and xvfb";
    }
    // A scene without anything in it: a black picture and silence. Without a file OBS makes one, and does not stream.
    write("obs/basic/scenes/lab.json",
          R"({"name": "lab", "current_scene": "S", "current_program_scene": "S", "scene_order": [{"name": "S"}],
              "sources": [{"id": "scene", "name": "S", "settings": {"items": []}}]})");
    write("obs/global.ini", "[General]\nFirstRun=true\nEnableAutoUpdates=false\n");
    write("obs/basic/profiles/lab/basic.ini",
          "[General]\nName=lab\n[Output]\nMode=Simple\n"
          "[SimpleOutput]\nVBitrate=200\nABitrate=64\nStreamEncoder=x264\nPreset=ultrafast\n"
          "[Video]\nBaseCX=160\nBaseCY=120\nOutputCX=160\nOutputCY=120\nFPSCommon=25 PAL\n"
          "[Audio]\nSampleRate=44100\nChannelSetup=Stereo\n");
    write("obs/basic/profiles/lab/service.json",
          R"({"type": "rtmp_custom",
              "settings": {"server": "rtmp://rtmp.labredes71.com/live", "key": "1234", "use_auth": false}})");
  }
  /// It tells the number of its display once it is there.
  std::vector<std::string> screen() const {
    return as_user({"Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"});
  }
  /// Streams as soon as it has started. It keeps its settings where it may write.
  std::vector<std::string> obs(const std::string& display) const {
    const auto script =
        "export DISPLAY=:" + display + " HOME=" + output_folder() + "/home XDG_RUNTIME_DIR=" + output_folder() +
        " LIBGL_ALWAYS_SOFTWARE=1; mkdir -p $HOME/.config; cp -r " + folder() +
        "/obs $HOME/.config/obs-studio; exec obs --startstreaming --profile lab --collection lab --multi 2>&1";
    return command({"exec", "studio", "--", "sh", "-c", script});
  }
};
INSTANTIATE_TEST_SUITE_P(Lab, ObsInLab, testing::Values(User::as_the_test, User::ordinary), name_of);

TEST_P(ObsInLab, StreamsToWhoeverPlays) {
  const auto lab = up();
  const How patient{.patience = std::chrono::seconds{60}};  // it takes seconds to start
  Child display{screen()};
  const auto number = display.line();
  ASSERT_TRUE(number) << display.wait().errors;
  Child encoder{obs(*number), environment(patient)};
  const auto played = labnet({"exec", "pc1", "--", "ffmpeg", "-nostdin", "-loglevel", "error", "-i",
                              "rtmp://rtmp.labredes71.com/live/1234", "-t", "2", "-c", "copy", "-f", "framecrc", "-"},
                             patient);
  EXPECT_EQ(played.exit_code, 0) << played.errors;
  EXPECT_THAT(played.output, AllOf(HasSubstr("#codec_id 0: h264"), HasSubstr("#dimensions 0: 160x120"),
                                   HasSubstr("#codec_id 1: aac"), HasSubstr("#sample_rate 1: 44100")));
  EXPECT_THAT(labnet({"logs", "rtmp"}).output,
              AllOf(HasSubstr("publishes"), HasSubstr("FMLE/3.0 (compatible; FMSc/1.0)")));
  encoder.signal(SIGTERM);
  EXPECT_EQ(encoder.wait().exit_code, 128 + SIGTERM);
  display.signal(SIGTERM);
  EXPECT_EQ(display.wait().exit_code, 0);
}

}  // namespace
}  // namespace labnet::test
