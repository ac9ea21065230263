//! Names that Docker makes up for containers: an adjective and a scientist.

use simulation::Random;

const ADJECTIVES: &str = "admiring adoring agitated amazing awesome blissful bold brave busy charming clever compassionate competent confident cool crazy dazzling determined distracted dreamy eager ecstatic elastic elated elegant eloquent epic exciting fervent festive focused friendly frosty funny gallant gifted goofy gracious great happy hardcore heuristic hopeful hungry infallible inspiring intelligent interesting jolly jovial keen kind laughing loving lucid magical modest musing mystifying naughty nervous nice nifty nostalgic objective optimistic peaceful pedantic pensive practical priceless quirky quizzical recursing relaxed reverent romantic sad serene sharp silly sleepy stoic strange stupefied suspicious sweet tender thirsty trusting unruffled upbeat vibrant vigilant vigorous wizardly wonderful xenodochial youthful zealous zen";
const SCIENTISTS: &str = "agnesi albattani allen archimedes ardinghelli babbage banach bardeen bartik bassi bell benz bhabha blackwell bohr booth borg bose boyd brahmagupta brattain brown buck burnell carson cartwright cerf chandrasekhar chaplygin chatterjee clarke cohen colden cori cray curie curran darwin davinci dijkstra dubinsky easley edison einstein elion engelbart euclid euler fermat fermi feynman franklin galileo galois gates gauss germain goldberg goldstine goldwasser golick goodall gould greider grothendieck haibt hamilton haslett hawking heisenberg hellman hermann heyrovsky hodgkin hofstadter hoover hopper hypatia ishizaka jackson jang jemison jennings jepsen johnson joliot jones kalam kapitsa kare keldysh keller kepler khayyam khorana kilby kirch knuth kowalevski lalande lamarr lamport leakey leavitt lewin lichterman liskov lovelace lumiere mahavira margulis matsumoto maxwell mayer mccarthy mcclintock mclaren mclean mcnulty meitner mendel mendeleev meninsky merkle mestorf mirzakhani moore morse moser murdock napier nash neumann newton nightingale nobel noether northcutt noyce panini pare pascal pasteur payne perlman pike poincare poitras proskuriakova ptolemy raman ramanujan rhodes ride ritchie robinson roentgen rosalind rubin saha sammet sanderson shannon shaw shirley shockley sinoussi snyder solomon spence stonebraker sutherland swanson swartz swirles taussig tesla tharp thompson torvalds tu turing varahamihira vaughan villani visvesvaraya volhard wescoff wilbur wiles williams williamson wilson wing wozniak wright wu yalow yonath zhukovsky";

/// A made-up name, such as `jolly_heisenberg`.
pub(super) fn make(random: &Random) -> String {
    let pick = |words: &'static str| {
        let count = words.split(' ').count() as u64;
        words
            .split(' ')
            .nth(random.below(count) as usize)
            .unwrap_or("zen")
    };
    format!("{}_{}", pick(ADJECTIVES), pick(SCIENTISTS))
}
