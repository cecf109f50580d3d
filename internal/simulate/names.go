package simulate

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// culture is where a name comes from. Names that are not in Latin letters are
// written native=ascii; for the others the ASCII form is derived.
type culture struct {
	language    string // preferredLanguage
	familyFirst bool   // displayName is family name and given name, unspaced
	given       []spelling
	family      []spelling
}

// spelling is a name as the person writes it and as user names carry it.
type spelling struct{ native, ascii string }

var cultures = []culture{
	latin("en-GB", "Amelia Oliver Imogen Harry Freya Alfie Poppy Callum Niamh Rhys Siobhán Ewan",
		"Whitaker O'Brien Ashworth Pemberton Hughes MacLeod Llewellyn Okafor Fletcher Thornton Byrne Adeyemi"),
	latin("de-DE", "Jürgen Anneliese Björn Käthe Matthias Friederike Sören Heike Günther Liesel Torsten Ute",
		"Müller Weiß Schäfer Böhm Köhler Größmann Vogt Jäger Strauß Lindemann Krüger Öztürk-Baumann"),
	latin("fr-FR", "Élodie François Hélène Gaël Zoé Benoît Anaïs Jérôme Maëlle Loïc Océane Rémi",
		"Lefèvre Dubois Bérénger Moreau Çelik Garçon Lemaître D'Arcy Noël Châtelain Hervé Boulanger"),
	latin("es-ES", "Lucía Íñigo Begoña Andrés Ximena José Rocío Martín Inés Álvaro Nuria Raúl",
		"Muñoz García Ibáñez Peña Núñez Domínguez Ortega Vázquez Castaño Fernández Ruiz Cañizares"),
	latin("pt-BR", "João Conceição Luís Antônia Thaís Sérgio Íris Caetano Lívia Estêvão Beatriz Otávio",
		"Gonçalves Magalhães Araújo Simões Brandão Conceição Assunção Pereira Guimarães Leitão Falcão Avelar"),
	latin("it-IT", "Niccolò Giulia Matteo Chiara Lorenzo Beatrice Andrea Noemi Dario Ludovica Elia Marta",
		"D'Angelo Ricci Esposito Colombo Marchetti Fabbri Nicolò Ferrara Santoro Vitale Grassi De'Medici"),
	latin("pl-PL", "Łukasz Małgorzata Grażyna Paweł Żaneta Michał Agnieszka Sławomir Róża Bartłomiej Jagoda Tadeusz",
		"Wójcik Kamiński Dąbrowska Łuczak Źrebiec Kowalczyk Gałązka Żuk Śliwa Błaszczyk Pająk Jabłoński"),
	latin("cs-CZ", "Jiří Kateřina Tomáš Žofie Ondřej Růžena Šimon Eliška Vojtěch Ludmila Zdeněk Alžběta",
		"Dvořák Černý Procházka Růžička Kučera Havlíček Němcová Říha Šťastný Ježek Mareš Zeman"),
	latin("sv-SE", "Åsa Göran Linnéa Håkan Östen Maj Märta Torbjörn Signe Örjan Ebba Pär",
		"Sjögren Åkerlund Bergström Öberg Lindqvist Nyström Hägglund Ek Söderberg Ångström Wallin Fjällström"),
	latin("da-DK", "Søren Kirstine Jørgen Mette Bjørn Ærø Astrid Aksel Ditte Rasmus Åge Sidsel",
		"Sørensen Møller Kjær Østergaard Nørgaard Lund Ågård Thygesen Bruun Højgaard Skov Bæk"),
	latin("fi-FI", "Päivi Väinö Aino Yrjö Säde Jyrki Helmi Eemeli Tyyne Ilmari Kerttu Äänis",
		"Mäkinen Hämäläinen Järvinen Lehtonen Yli-Rantala Nieminen Koskinen Räsänen Väisänen Salo Pöysti Aalto"),
	latin("nl-NL", "Daniël Noëlle Sjoerd Fenna Ruben Anouk Tijs Femke Joris Loes Wessel Myrthe",
		"Jansen Bakker Vermeulen Smeets Hendriks Dekker Kuipers Postma Brouwer Reijnders Kok Zonneveld"),
	latin("tr-TR", "Çağla Işık Gülşen Oğuz Şebnem Barış İrem Ömer Tuğba Kâzım Özge Yiğit",
		"Yıldız Öztürk Şahin Çelik Güneş Kılıç Aydın Doğan Türkoğlu Koç Ünal Bozkurt"),
	latin("vi-VN", "Thảo Đức Hương Tuấn Ngọc Quỳnh Phúc Ánh Khải Nhung Duệ Trâm",
		"Nguyễn Trần Lê Phạm Hoàng Đặng Vũ Bùi Đỗ Hồ Ngô Dương"),
	latin("hu-HU", "Zsófia György Árpád Ágnes Ödön Őzike Gergő Réka Dezső Tünde Máté Emőke",
		"Szűcs Kovács Fülöp Tóth Szabó Győri Horváth Erdős Vörös Bárány Lőrincz Nagy"),
	native("ru-RU", false,
		"Анна=Anna Дмитрий=Dmitri Екатерина=Ekaterina Юрий=Yuri Светлана=Svetlana Алёна=Alyona Пётр=Pyotr Ксения=Ksenia",
		"Иванова=Ivanova Кузнецов=Kuznetsov Щербакова=Shcherbakova Соловьёв=Solovyov Орлова=Orlova Ефимов=Yefimov Жукова=Zhukova"),
	native("uk-UA", false,
		"Оксана=Oksana Тарас=Taras Ґалина=Galyna Андрій=Andrii Зоряна=Zoriana Євген=Yevhen Леся=Lesia Іван=Ivan",
		"Шевченко=Shevchenko Ткаченко=Tkachenko Бойко=Boiko Їжакевич=Yizhakevych Коваль=Koval Мельник=Melnyk Гнатюк=Hnatiuk"),
	native("el-GR", false,
		"Ελένη=Eleni Γιώργος=Giorgos Αθηνά=Athina Νίκος=Nikos Δέσποινα=Despina Θωμάς=Thomas Ζωή=Zoi Λευτέρης=Lefteris",
		"Παπαδόπουλος=Papadopoulos Αγγέλου=Angelou Καραγιάννη=Karagianni Οικονόμου=Oikonomou Χατζής=Chatzis Μακρής=Makris"),
	native("zh-CN", true,
		"伟=Wei 秀英=Xiuying 娜=Na 强=Qiang 静=Jing 建国=Jianguo 晓明=Xiaoming 雨桐=Yutong",
		"王=Wang 李=Li 张=Zhang 刘=Liu 陈=Chen 杨=Yang 赵=Zhao 欧阳=Ouyang"),
	native("ja-JP", true,
		"陽子=Yoko 健太=Kenta さくら=Sakura 翔太=Shota 美咲=Misaki 大輔=Daisuke 葵=Aoi 蓮=Ren",
		"佐藤=Sato 鈴木=Suzuki 髙橋=Takahashi 田中=Tanaka 渡邊=Watanabe 伊藤=Ito 山本=Yamamoto 小林=Kobayashi"),
	native("ko-KR", true,
		"지은=Jieun 민준=Minjun 서연=Seoyeon 도윤=Doyun 하은=Haeun 준서=Junseo 수아=Sua",
		"김=Kim 이=Lee 박=Park 최=Choi 정=Jung 강=Kang 윤=Yoon"),
	native("ar-EG", false,
		"فاطمة=Fatima محمد=Mohamed ليلى=Layla يوسف=Youssef نور=Nour كريم=Karim هبة=Heba عمر=Omar",
		"الخطيب=Al-Khatib منصور=Mansour حداد=Haddad الشريف=El-Sherif ناصر=Nasser سليمان=Suleiman درويش=Darwish"),
	native("he-IL", false,
		"נועה=Noa איתי=Itai תמר=Tamar יונתן=Yonatan שירה=Shira אורי=Uri",
		"כהן=Cohen לוי=Levi מזרחי=Mizrahi פרידמן=Friedman שלום=Shalom ברק=Barak"),
	native("hi-IN", false,
		"प्रिया=Priya अर्जुन=Arjun दीपिका=Deepika राहुल=Rahul अनन्या=Ananya विक्रम=Vikram",
		"शर्मा=Sharma पटेल=Patel सिंह=Singh गुप्ता=Gupta अय्यर=Iyer मेहता=Mehta"),
}

func latin(language, given, family string) culture {
	return native(language, false, given, family)
}

func native(language string, familyFirst bool, given, family string) culture {
	return culture{language: language, familyFirst: familyFirst, given: spellings(given), family: spellings(family)}
}

func spellings(list string) []spelling {
	var all []spelling
	for _, word := range strings.Fields(list) {
		native, ascii, written := strings.Cut(word, "=")
		if !written {
			ascii = toASCII(native)
		}
		all = append(all, spelling{native: norm.NFC.String(native), ascii: ascii})
	}
	return all
}

// letters that Unicode does not decompose into a base letter and a mark.
var letters = strings.NewReplacer(
	"ß", "ss", "ø", "o", "Ø", "O", "æ", "ae", "Æ", "Ae", "ł", "l", "Ł", "L",
	"đ", "d", "Đ", "D", "ı", "i", "İ", "I")

// toASCII drops the marks from Latin letters, as directories do when they
// propose a user name.
func toASCII(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(letters.Replace(name)) {
		if r < 0x80 {
			b.WriteRune(r)
		}
	}
	return b.String()
}
