class Trailhound < Formula
  desc "Finds people moving through the cloud control plane into machines"
  homepage "https://github.com/trailhound/trailhound"
  version "{version}"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/trailhound/trailhound/releases/download/v{version}/trailhound-{version}-aarch64-apple-darwin.tar.gz"
      sha256 "{sha256 aarch64-apple-darwin}"
    end
    on_intel do
      url "https://github.com/trailhound/trailhound/releases/download/v{version}/trailhound-{version}-x86_64-apple-darwin.tar.gz"
      sha256 "{sha256 x86_64-apple-darwin}"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/trailhound/trailhound/releases/download/v{version}/trailhound-{version}-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "{sha256 aarch64-unknown-linux-gnu}"
    end
    on_intel do
      url "https://github.com/trailhound/trailhound/releases/download/v{version}/trailhound-{version}-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "{sha256 x86_64-unknown-linux-gnu}"
    end
  end

  def install
    bin.install "trailhound"
    bash_completion.install "completions/trailhound.bash" => "trailhound"
    zsh_completion.install "completions/_trailhound"
    fish_completion.install "completions/trailhound.fish"
    man1.install Dir["man/man1/*.1"]
  end

  test do
    assert_match "critical", shell_output("#{bin}/trailhound demo #{testpath}/demo")
  end
end
