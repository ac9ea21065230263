// Package unicode classifies runes. A table is text: differences of range ends in base 32.
package unicode

const (
	MaxRune         = '\U0010FFFF'
	ReplacementChar = '\uFFFD'
	MaxASCII        = '\u007F'
	MaxLatin1       = '\u00FF'
	Version         = "15.0.0"
	UpperCase       = 0
	LowerCase       = 1
	TitleCase       = 2
	MaxCase         = 3
	UpperLower      = MaxRune + 1
)

type Range16 struct{ Lo, Hi, Stride uint16 }
type Range32 struct{ Lo, Hi, Stride uint32 }

// A RangeTable has the ranges R16 and R32, and those of data or of base without not.
type RangeTable struct {
	R16         []Range16
	R32         []Range32
	LatinOffset int
	data        string
	base        *RangeTable
	not         []*RangeTable
}

type CaseRange struct {
	Lo    uint32
	Hi    uint32
	Delta [MaxCase]rune
}

type SpecialCase []CaseRange

func ToUpper(r rune) rune
func ToLower(r rune) rune
func ToTitle(r rune) rune
func IsPrint(r rune) bool

func To(_case int, r rune) rune {
	switch _case {
	case UpperCase:
		return ToUpper(r)
	case LowerCase:
		return ToLower(r)
	case TitleCase:
		return ToTitle(r)
	}
	return ReplacementChar
}

func (s SpecialCase) to(c int, r rune) rune {
	for _, x := range s {
		if x.Lo <= uint32(r) && uint32(r) <= x.Hi {
			return r + x.Delta[c]
		}
	}
	return To(c, r)
}

func (s SpecialCase) ToUpper(r rune) rune { return s.to(UpperCase, r) }
func (s SpecialCase) ToLower(r rune) rune { return s.to(LowerCase, r) }
func (s SpecialCase) ToTitle(r rune) rune { return s.to(TitleCase, r) }

var TurkishCase = SpecialCase{
	{0x49, 0x49, [3]rune{0, 0x131 - 0x49, 0}},
	{0x69, 0x69, [3]rune{0x130 - 0x69, 0, 0x130 - 0x69}},
	{0x130, 0x130, [3]rune{0, 0x69 - 0x130, 0}},
	{0x131, 0x131, [3]rune{0x49 - 0x131, 0, 0x49 - 0x131}},
}

func SimpleFold(r rune) rune {
	if r < 0 || r > MaxRune {
		return r
	}
	switch r {
	case 'K':
		return 'k'
	case 'k':
		return 0x212A
	case 0x212A:
		return 'K'
	case 'S':
		return 's'
	case 's':
		return 0x17F
	case 0x17F:
		return 'S'
	}
	if l := ToLower(r); l != r {
		return l
	}
	return ToUpper(r)
}

// decode unpacks data, once.
func (t *RangeTable) decode() {
	s, prev := t.data, uint32(0)
	t.data = ""
	for i := 0; i < len(s); {
		var n [3]uint32
		n[2] = 1
		for k := 0; k < 2+int(n[0]&1); k++ {
			n[k] = 0
			for shift := 0; ; shift += 5 {
				c := uint32(s[i]) - 0x30
				i++
				if c < 32 {
					n[k] |= c << shift
					break
				}
				n[k] |= (c - 32) << shift
			}
		}
		lo := prev + n[0]>>1
		prev = lo + n[1]*n[2]
		t.R32 = append(t.R32, Range32{lo, prev, n[2]})
	}
}

func Is(t *RangeTable, r rune) bool {
	if r < 0 {
		return false
	}
	if t.data != "" {
		t.decode()
	}
	if t.base != nil {
		return Is(t.base, r) && !In(r, t.not...)
	}
	for _, x := range t.R16 {
		if uint32(x.Lo) <= uint32(r) && uint32(r) <= uint32(x.Hi) {
			return x.Stride == 1 || (uint32(r)-uint32(x.Lo))%uint32(x.Stride) == 0
		}
	}
	lo, hi := 0, len(t.R32)
	for lo < hi {
		m := (lo + hi) / 2
		x := &t.R32[m]
		switch {
		case uint32(r) < x.Lo:
			hi = m
		case uint32(r) > x.Hi:
			lo = m + 1
		default:
			return x.Stride == 1 || (uint32(r)-x.Lo)%x.Stride == 0
		}
	}
	return false
}

func In(r rune, ranges ...*RangeTable) bool {
	for _, t := range ranges {
		if Is(t, r) {
			return true
		}
	}
	return false
}

func IsOneOf(ranges []*RangeTable, r rune) bool { return In(r, ranges...) }

func IsLetter(r rune) bool {
	if uint32(r) < 128 {
		return 'a' <= r|32 && r|32 <= 'z'
	}
	return Is(L, r)
}

func IsUpper(r rune) bool {
	if uint32(r) < 128 {
		return 'A' <= r && r <= 'Z'
	}
	return Is(Lu, r)
}

func IsLower(r rune) bool {
	if uint32(r) < 128 {
		return 'a' <= r && r <= 'z'
	}
	return Is(Ll, r)
}

func IsDigit(r rune) bool {
	if uint32(r) < 256 {
		return '0' <= r && r <= '9'
	}
	return Is(Nd, r)
}

func IsNumber(r rune) bool {
	if uint32(r) < 128 {
		return '0' <= r && r <= '9'
	}
	return Is(N, r)
}

func IsSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
		return true
	}
	return 0x2000 <= r && r <= 0x200a
}

func IsTitle(r rune) bool   { return r >= 128 && Is(Lt, r) }
func IsControl(r rune) bool { return 0 <= r && r < 32 || 0x7f <= r && r < 0xa0 }
func IsMark(r rune) bool    { return r >= 128 && Is(M, r) }
func IsPunct(r rune) bool   { return Is(P, r) }
func IsSymbol(r rune) bool  { return Is(S, r) }
func IsGraphic(r rune) bool { return IsPrint(r) || Is(Zs, r) }

var GraphicRanges = []*RangeTable{L, M, N, P, S, Zs}
var PrintRanges = []*RangeTable{L, M, N, P, S}

var Categories = map[string]*RangeTable{"L": L, "Lu": Lu, "Ll": Ll, "Lt": Lt, "Lm": Lm, "M": M, "Mn": Mn, "Me": Me, "N": N, "Nd": Nd, "Nl": Nl, "No": No, "P": P, "Pc": Pc, "Pd": Pd, "Ps": Ps, "Pe": Pe, "Pi": Pi, "Pf": Pf, "S": S, "Sc": Sc, "Sm": Sm, "Sk": Sk, "Z": Z, "Zs": Zs, "Zl": Zl, "Zp": Zp, "Cf": Cf, "Co": Co, "Cs": Cs, "Cc": Cc, "Lo": Lo, "Mc": Mc, "So": So, "Po": Po}
var Scripts = map[string]*RangeTable{"Latin": Latin, "Greek": Greek, "Cyrillic": Cyrillic, "Han": Han, "Hiragana": Hiragana, "Katakana": Katakana, "Hangul": Hangul, "Arabic": Arabic, "Hebrew": Hebrew, "Thai": Thai, "Devanagari": Devanagari, "Armenian": Armenian, "Georgian": Georgian, "Bopomofo": Bopomofo}

var (
	L = &RangeTable{data: "R4I>IQ31;;162E4N4Y>:;N4A12T844163517425122B4b24Z4BU54U17172W1`4J:3l2Z1X214R351@31831;2171A4Ml1h2I1I2OD1;162D;1:91H2G@:<G45T1Y1f3e191C@9P1?:7616E465142291AL142N1G1924:16E46414141P2351D21R18424E46414491CP11a11<26616E46414491O31221Q11B45824381512314314218;_11e126424F4?91K2171331O:7424F494491P131231@31B27424X171A<2B2b15<A8G4851325f3_141J6f31512234G5122841E132351F22S21P2264S1h14X7Z1[11A24:391431821:<K1B2T15166Z14\\:4366512226X1436P14366512226>4h1436R2\\2?R1e2658[C6@4I<Z2>7@ALBNAN<42P1c1Y215X4h2@46Q15162T2FNT3M64H[1:I^3FDd1W51n22]1T17^3ML1F[1f1S1d22FS168@Z162d2345419162n5R4e8656U165675322M6d14651421468365:<<246[71>R1<]6156951423?32224:63<4;1e131lc22S7>381JU15166g1A1A2ED646464646464646S51f>31[123<1:e2>24i243<Z14m2T1OR3?RP1o]6R4\\dEX4]16\\88?F1Z1^1R1N6U2T386V36o1<151223b1?42434Fl1c1Na1n3591231<2JFFd1L@^1k11A2349F44X1`1247Z1F9142`151431323712b126:@2J56565D6464Z14=>b3l1Sm:JF:`1Z`@];6Y3^26J4=12284<445123123122Z3T2Z;V1o16e1b2;Z744V4Z2I>IHh285656562X2;4I4B414>6=V2j3\\HL8`1P3OLC47>U1FM6S1:7R3m4V1S1:S1:W1Bc1J:4>46414:4>4641X4f9DEF7b154Y148\\457122Z1419132EFFDNT4B41FEFI^4g1>1S41@22424Lf2L8LX274Kh1e1FEFBLAn6X2`3b1Lb1LS1jEY1>1n4LG192Df2An2Dh1FJd1d3171>2[1R2Hf1S1m113BR191=2^1N3]112X2A4HX11P46512224>49@^1^27616E46414491CJ4n9d1V13Z12n1_1Z1151i52]1d23Z2_1[11l12Y1M1X22I\\26d;[1Z7o1P2771326414GQ112n576V1S112k11;2V1A1FH]1Y11C2W2`@84T1U11b12LR76414U1]11J24414OO1X:2AQ1122;4Q1k71`22hL^>S6jT5P3P1_Q1T15dk7VBdk@hA@NT1^2T1MV1_1R13P2D<BR[1o1R8Z2=1S22;R4151M2fo5BeV1f28`^A346414R9Q11N2171?22B[<Z`4Z3<<88@9^f;d24V241713313224;512254P24367464K4344514254c:6H4H4N4H4N4H4N4H4N4H47Zc3N>5\\@m1V9\\1F6S11R:2LV1[1ZNKZ_1643414>4T6h3S2A1eU1224J415134943512?15522214151354231263464343512284@<2444@Zd8ofY1R2iQ4>m66Qd5N`Y7PR6m@Vn2Zj4<oR4"}
	Letter = L
	Lu = &RangeTable{data: "R4I\\6F46U2K27727G23228151231221634142814152231271231221512314A33562782713425L2@14171222532UB12919?12215123122?48Y213219;2=13416b1S3@2EK23627_126U1dd5U1516V]1e2fY4Z162SDZ22E`12D7B5F7B7B5I32B7b43J3J3J4H3_@15826271423?322263F1=1n1jW5_1S3122173222513B25`12C12;1^ZN5E2Y1=2a8629N2G22342;127129:2234457222517=12k11\\iE2H\\\\2W1b8S1j9:4>4641f^3b1ln5ORhZ1ORjb1If1If1Ig1123233132247f1If11436746h11434451425h1If1If1If1If1If1In1HT2HT2HT2HT2HU21fY42P1"}
	Upper = Lu
	Ll = &RangeTable{data: "R6Ig31Z12F475K23823G2722217127143157142171351271231271451331321?235723923135145L225713312;422S24JU<1291421W11L2Q141825;22352331d12^15@2EJ27623`12R3X1`d5Z162b_15VX48`7[1P4<4Q1_6Z22275`1227B5F7B7B5F7B7B=67B7B7B441?142141B361B7F241WA14314i12561B3;1f1hZ5_1514332;1231224=a12318515JU1516Yal1F2Y1=2a862215O226512742;1271221592=16562;12?42k114\\c1Z1<8@_2RdW16J4dR2Il\\2W1b8S1h9:4>4641X`3b1ll5ORhZ1Ofib1If164Af1If13512254:f1If1If1If1If1If1If1If1If1Kj1H45f1H45f1H45f1H45f1H4551ei1284C>5`o4Q1"}
	Lower = Ll
	Lt = &RangeTable{data: "[L23_21f\\726B7B7K1@P30"}
	Title = Lt
	Lm = &RangeTable{data: "P[1A:;N4A12]816oM1W7Z:1l@1;1P1E14S:1X5[]21P4]S11kf1i61TCRM5n:n1M1S12S1U[11>R1<Pn51U?1P6]M1\\123=1R331n221_ag11SW124o@1c3j11d78S51Hd6281]M1Ge81]3\\11`63E1WPEl21Rn354Y148\\ha13PU2<R4151]P@224641TSHm1d<6mj11PS1"}
	M = &RangeTable{data: "P`1_3XA6`@\\1512312312b4:R3DS11V325656143Y21O2Ih5:f38E1I22484244h22j37f2G4P1^324A46F1l12c312256162E1;31K62c31223:16291O314H2c312264242Z11^1542c312256162@2F1o11l1238243E1Y123a312254243@1H1l12c312254243@1H1Q11=22`31464243E1;31N21_4152451226V11m31325J7W61327H6d41i122:1T3C41<:4S1E1U32B`13:2426683L;51;22P\\12Vk13j12l11n11R4OE1^12151f331S1^7;:;h=4d394L71a12MT34P3@^28J2n1<b3=R3Cb924D;1762^<o1R]1P1no52m81Q32NfR15d61Zmj1349R21R51SA14;1H23;1d231c12@f1AM1W126d1<j23P3=[21T22<K1931^121W3122161<151Z123<1j>741ScW11RG2>R1?ml11S7\\94^X3241<3b22;1V531nA22XH1R52^4:T33f72\\3>e21331;22l2:A1n121Z2=R11k21=21R3=B341j5;?13l9;\\13`31466162E1;3132584R<Aa11b22Bh>668h11V5@f6<\\6>R@>\\?5416351231^4256691M28b2643C1:29n2?\\I747V5E4=f759123122551S2234144hE3D151a12584m_:172=fYK4h36cQ2122e1@3U51<31\\UC31Rc42\\16FnQ1485B766n13Z92hk3f1:a1C1?^144>Re264@664144[61Q525aG1n122jO3Rn16l66\\k[`1_7"}
	Mark = M
	Mn = &RangeTable{data: "P`1_3XA4d@\\1512312312b4:R3DS11V325656143Y21O2Ih5:f38E1I22484244h22j37f2G4Oa312:7;1425F1m11k1:3C1E31K61e3153153132191O314H1e3152341;1E31G2451k171222C1831<31Om31=W314a31221<243@1H1m11k1717<1Z11j11d31:3C1E31Nc4182151k266J7W61327H6d41i122`3=4441<:4S1E1W322454161d11:2R13M13317Q11PF21Vk12l11n11n11R4146C1329E1^12151f331S1^72:1E1721h=171k14651267>971a12<4?T33S31223516b28J1R236142c31231442f3761b924<46;1781^<o1R]1<;142:no52m81Q32NfR13h61[mj11528R21R51SA14;1J316`91f1AM1W126d1:n22S3132261a21T2246161K19Q31d14261<151[1319o>13;1aiCT^1?R1?ml11S7\\94^X3241<3b22;1V531nA22XH1R52^4:T33i71g12=e21331;21T3361A1n121Z2447o31=31e127F371P32171231771n487\\11d3191V12584X<76251HZ5551531231_722>141h11\\5771231[35132451V3216344X@841R@1515R9361;1Q128b2563C1:2462n2<41^I64551c22D664141f759123122551Y231451l:31<31e123=12m_:172=fYK4h36cQ21P222U51iUC31Rc42\\16FRR12T1766n13Z92hk3f1:a1C1?^144>Re264@664144[61Q525aG1n122jO3Rn16l66\\k[`1_7"}
	Me = &RangeTable{data: "`X21[S;1o`12242hhR22"}
	N = &RangeTable{data: "P39b71=1321Tj29^89^<9jI9^79:5j69^79^7965n6<X79B6`69b66@Bl69R69^79^4Cj@9^49P]1CTg12P?9>9^19jB9R8:\\:9>9^;9^59^89>9_Q21424>9^<b164^]1k1n4E^W1Mef21ZHd18N2`E3f89n174>R29`2>Rfi19j;9RD5f99^29^<9^19^59^I9^aY19lN\\1Jh1T11\\EJZ23m119^84f<9nj17d16`28h44^15R:16?6]1R48Z31n12h44b67b17d26fD5R39^BNn99f23R76^8MR89j39R99@Ch?9^E9^79^G9^69^6;ZJBl59^_1LX>9^49^J9^6DhR2^3ToR19^59^8946na1FdRb1CJCj6H\\U2a1Rd49^J9^O9ll18R89`a1j14243j4\\14>Vl1<X^59"}
	Number = N
	Nd = &RangeTable{data: "P39^R39^89^<9jI9^79^79^79^79^79^79^79^79^79R69^79^49^A9^49^d39^29jB9R89^:9>9^;9^59^89>9^lT29^Z19^29^<9^19^59^I9^aY19^h29^X49jb19R89j39R99^A9^E9^79^G9^69^69^J9^69^_19^?9^49^J9^`U19^59^89ZWf1a1Rd49^J9^O9^U29^Y99"}
	Digit = Nd
	Nl = &RangeTable{data: "l^;2PW5R163oW71J27N2hZk19RU]1d1kL19^84fR@^3"}
	No = &RangeTable{data: "T;1=1321\\c45bG5b72\\86d=6T18TK9\\S2CXW29SN1fd185>9^<?e21gF2j1n4E^W1Mef21eT122f89n174>R29`2>Rgj15T]\\1\\1T43T11\\EJZ23Zc27d16`28h44^15R:16?6]1R48Z31n12h44b67b17d26fD5RFNn99f23R76^8ChGC\\d21nJ8`f1BXe1D^hU16na1FdRb1CJCj6Hnd:8Tj1j14243j4\\14>Vl1<"}
	P = &RangeTable{data: "R224543F181f1251L51T1=14F1914o[119VM5d21Y312713j21Z1141M1221f43_61\\12<d>2^3>Q21V831;k81i3e71W<K1`;g51;31Y52=51V122a41[223:1P75i:1UC27a91^Cj21n42`41l9242\\2:dC1b=1R8645j:6j11l73h34n31R47I1mI2FBC4<4;n11N1dW13l11lS2=P51P29XIEP43R21h_1341S71`42]14O6;XJ2:96;S11=W61k2VPj11l@2Y61;X75jG3^51b2251b131`1T6<R11j73n71R11e?1cZD31a628^1R14=51541\\924543F181f1251L51225fI2kY11a1oI1XGa<1P1RA8_21a325V46d53Sa11X523j23l;6l6143n73R31P53;1>42b55i61R=23F151Y3f?Fd62j1<k41S421k?1Y821i91m226X5244l59`C4f21\\X11f4<Q;1aS123jg51hWM1]81R223C1cJ22aD1mUC`n>4V]71"}
	Punct = P
	Pc = &RangeTable{data: "o51Po731Dnm^31b12P?0"}
	Pd = &RangeTable{data: "k21mZ1Y31Rb3]P21ZP224UP713P21;1MoK1DQ71a\\c131V1G1Z5Pj70"}
	Ps = &RangeTable{data: "a21c1Q21oe351oj1og414_21h1Q11kC51OoS262S51Q1532[I:2S412U21VQ1522e11C522kJ4293271RYc1a=1N56291B512g:1c1Q21460"}
	Pe = &RangeTable{data: "c21d1Q21ne351oj1ej41h1Q11kC51OoS262S51Q1532[I:2S412U21VQ1522k232kJ4293261oaV31j6m17291B512g:1d1Q223"}
	Pi = &RangeTable{data: "g:1]k76171Jcl612;13Q114"}
	Pf = &RangeTable{data: "g;1nj791Mcl612;13Q114"}
	S = &RangeTable{data: "Y217R12Q212i112X244171222714o11P1fL3J=<65122?]71?31a3i81[821^7271331_6G1D31h7@1c81Z;31731f7o71S426[81`6e21V6T<2Q1122165[122\\874541<3\\<1R_19Y]11^;[F1n42P1TF9D8ST21221H2L2L2L1]41>`22L2X1P1P414341G1221<5522;1<31523<351k13152f;:L6k7d1:T5]2^1WCj2`16NFb<^1n1:O6e;6O4X3\\>5\\F1n2I4h2Je6f1;C1>31=\\11>1h51X?1:9R2S1j1NHMC1@2NFV1P1o9Rl<o1RY[1f1dS1FD1`61l93F3lS12U>1?31nmCb8@lG?Q81]122W6122171k4?1A21Q212i112T8646L1dC8d3@624<91`12[1fW31QU11gS3\\Y4LfdU13=1gZDX[9c3j3e7FV16k1<2^11@M:l1\\1Q291k52e2gf11JQ21JQ21JQ21JQ21Jj3o?`33V374=41c\\31`=kj414m71R>31_82Z1:S3J>6>4>4T1`1P5b3LL[1:8@1N5f9gN:@8<8f3:n2>;;1@2::g1B9>W1BM61n4c:J=6<88@]146B=:8@8@b44f1"}
	Symbol = S
	Sc = &RangeTable{data: "Y21n322e^21l3VO1VO1A1f7a@1VBii41UV22OagS21T^Ek61k4h=181^o?3oaQ31a]2"}
	Sm = &RangeTable{data: "g21A21m312m215]21P1o_11`@21iS=1>`22L2i81X123?1U223<1;23A1P131351P12Z8R21g51O2Gb25]M1:^37Q71a:236NF?R@R4^1n1:O6Q8R3D65kmW31iI42[:1A21m312Y81722[][31JQ21JQ21JQ21JQ21Jjb;1"}
	Sk = &RangeTable{data: "m512a417;14dP13J=<65122?]71?31SX1[c;1221H2L2L2L1jY81XVk1FD1`61Sm11?31WRD2?ig112V:0`Qj34"}
	Z = &RangeTable{data: "Q21P4Qn:1P\\229l11=1`1Rj70"}
	Space = Z
	Zs = &RangeTable{data: "Q21P4Qn:1P\\229[21`1Rj70"}
	Zl = &RangeTable{data: "`R@0"}
	Zp = &RangeTable{data: "bR@0"}
	Cf = &RangeTable{data: "k:1cZ124_11Q6U31Q<31a2ib71mo123f14T3449QY_31j721U\\81@VfA?RVT23P]:7_Xg`11O2n2"}
	Co = &RangeTable{data: "PP`3oW6R`Sh1moo16moo1"}
	Cs = &RangeTable{data: "PP\\3oo1"}
	Cc = &RangeTable{data: "0OP6P1"}
	Latin = &RangeTable{data: "R4I>IQ31@<F4N4P>`24hQ=U1>`1<3<<4U2T4o7UG1>R1<l81?1LT1X1`]5OVZm1U38o1<151223b1=Rc1Z14843^iW16fQ2I>I\\R454Y148\\d[3N>5"}
	Greek = &RangeTable{data: "Pg134263515512215122B4n1N?^b<4V34:4[51Q:2D656U165675322M6d14>4=654B6248aB1oaR1fmZ1^2U11PSd12T2"}
	Cyrillic = &RangeTable{data: "PP2T46X5Re;8W:1]2`V8ORTl1o2nh[11RPa3m1T20"}
	Han = &RangeTable{data: "PXGI4h2Je6Q312d18N3Zl1o]6R4o_DR`\\1];6Y3b`j11J1nPX2ofY1R2iQ4>m66Qd5N`Y7PR6m@Vn2Zj4<oR4"}
	Hiragana = &RangeTable{data: "RTHe2>2Tfo5n8W11N21lZP10"}
	Katakana = &RangeTable{data: "RZHi262R??R=^14g2nPV394\\1VUh23464151P921W31?22"}
	Hangul = &RangeTable{data: "P`8o7nR?1T@m2T7NT4NT^k1LXX1Sm:JF:`1ZjCN85656562"}
	Arabic = &RangeTable{data: "PP34454=424O49HI4[34Q1R5_1R?N41>Y24LRUi3b3R1Z;6_26e1A1Q12>R744V4Xf7Nn72R`_334J415134943512?15522214151354231263464343512284@<2444@Z31"}
	Hebrew = &RangeTable{data: "Ri2f1BJ:5bbj3I4451231231228"}
	Thai = &RangeTable{data: "RP7i1<K"}
	Devanagari = &RangeTable{data: "P`4`2:>6IRf_2ORPi19"}
	Armenian = &RangeTable{data: "Rc2U16a162Xhj34"}
	Georgian = &RangeTable{data: "PZ8U15166Z143Ri5Z162RT8U1516"}
	Bopomofo = &RangeTable{data: "d^11dQGZ1R7O"}
	White_Space = &RangeTable{data: "B4W11U3g11P_5Ph4:l11=1`1Rj70"}
	Hex_Digit = &RangeTable{data: "P39@5f15dZo39@5f15"}
	ASCII_Hex_Digit = &RangeTable{data: "P39@5f15"}
	Lo = &RangeTable{base: L, not: []*RangeTable{Lu, Ll, Lt, Lm}}
	Mc = &RangeTable{base: M, not: []*RangeTable{Mn, Me}}
	So = &RangeTable{base: S, not: []*RangeTable{Sc, Sm, Sk}}
	Po = &RangeTable{base: P, not: []*RangeTable{Pc, Pd, Ps, Pe, Pi, Pf}}
)
